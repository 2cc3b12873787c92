namespace CivicSense.Privacy.Tests;

public sealed class OwnerDayBudgetTests
{
    [Fact]
    public void Is_never_negative() =>
        Assert.Equal("Remaining", Assert.Throws<ArgumentOutOfRangeException>(() => new OwnerDayBudget(-1)).ParamName);

    [Fact]
    public void The_default_allows_no_contribution()
    {
        var budget = default(OwnerDayBudget);
        Assert.Equal(0, new OwnerDayMechanism(Rational.One).Clip(1, 1, ref budget));
    }
}
