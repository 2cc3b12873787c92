namespace CivicSense.Privacy.Tests;

public sealed class OwnerDayBudgetTests
{
    [Fact]
    public void A_negative_budget_is_refused_by_name_and_not_by_value()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new OwnerDayBudget(-4711));
        Assert.Equal("Remaining", refused.ParamName);
        Assert.DoesNotContain("4711", refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.ActualValue);
    }

    [Fact]
    public void The_default_allows_no_contribution()
    {
        var budget = default(OwnerDayBudget);
        Assert.Equal(0, new OwnerDayMechanism(Rational.One).Clip(1, 1, ref budget));
    }
}
