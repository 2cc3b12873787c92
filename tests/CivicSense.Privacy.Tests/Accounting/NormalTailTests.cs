namespace CivicSense.Privacy.Tests;

public sealed class NormalTailTests
{
    const double RelativeError = 1e-13;

    // 50-digit arithmetic (mpmath).
    [Theory]
    [InlineData(-3, 0.9986501019683699)]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.3085375387259869)]
    [InlineData(1, 0.1586552539314571)]
    [InlineData(5, 2.866515718791939e-7)]
    [InlineData(5.9, 1.817507863099432e-9)]
    [InlineData(6, 9.865876450376981e-10)]
    [InlineData(7, 1.279812543885835e-12)]
    [InlineData(10, 7.619853024160526e-24)]
    [InlineData(25, 3.056696706382561e-138)]
    public void Tail_has_small_relative_error(double x, double expected) => AssertRelative(expected, NormalTail.UpperTail(x));

    [Theory]
    [InlineData(0, 1.2533141373155)]
    [InlineData(0.5, 0.8763644564536923)]
    [InlineData(1, 0.6556795424187985)]
    [InlineData(5, 0.1928081047153158)]
    [InlineData(5.9, 0.1649915453003238)]
    [InlineData(6, 0.1623776608968675)]
    [InlineData(7, 0.1401041834530502)]
    [InlineData(10, 0.09902859647173192)]
    [InlineData(25, 0.03993630476953559)]
    [InlineData(1e9, 1e-9)]
    public void Mills_ratio_has_small_relative_error(double x, double expected) => AssertRelative(expected, NormalTail.MillsRatio(x));

    [Fact]
    public void Mills_ratio_is_continuous_where_the_method_changes()
    {
        var (below, above) = (NormalTail.MillsRatio(Math.BitDecrement(6)), NormalTail.MillsRatio(6));
        AssertRelative(above, below);
    }

    static void AssertRelative(double expected, double actual) =>
        Assert.InRange(actual, expected * (1 - RelativeError), expected * (1 + RelativeError));
}
