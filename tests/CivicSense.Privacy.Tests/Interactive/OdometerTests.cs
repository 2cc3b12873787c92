namespace CivicSense.Privacy.Tests;

public sealed class OdometerTests
{
    [Fact]
    public void Says_what_everything_so_far_has_cost_for_the_neighbours_it_is_told()
    {
        var odometer = new Odometer<IReadOnlyList<long>, Rational>(Pieces.Rows, new MaxDivergence(), Rational.FromInteger(2), [4, 5]);
        Assert.Equal(Rational.Zero, odometer.Loss);
        Assert.Equal(9, odometer.Release(Pieces.SumAnswer(new Rational(1, 4))));
        Assert.Equal("9", odometer.Release(Pieces.SumAnswer(new Rational(1, 2)).Then(sum => $"{sum}")));
        Assert.Equal(new Rational(3, 2), odometer.Loss);
    }

    [Fact]
    public void A_map_that_fails_costs_nothing()
    {
        var odometer = Odometer.For(Pieces.Rows, new MaxDivergence(), Rational.One, [4]);
        var failing = new Measurement<IReadOnlyList<long>, Int128, Rational>(
            Pieces.Rows, new MaxDivergence(), _ => throw new InvalidDataException("touched"), _ => throw new OverflowException());
        Assert.Throws<OverflowException>(() => odometer.Release(failing));
        Assert.Equal(Rational.Zero, odometer.Loss);
    }
}
