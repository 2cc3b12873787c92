namespace CivicSense.Privacy.Tests;

public sealed class MeasureTests
{
    static readonly Rational Half = new(1, 2);

    [Fact]
    public void Approximate_losses_add_epsilon_and_delta_and_stop_at_delta_one()
    {
        var measure = new Approximate<Rational>(new MaxDivergence());
        var loss = new ApproximateLoss<Rational>(Half, new Rational(3, 4));
        Assert.Equal(new ApproximateLoss<Rational>(Rational.One, Rational.One), measure.Compose(loss, loss));
        Assert.Equal(loss, measure.Compose(measure.None, loss));
    }

    [Fact]
    public void An_approximate_loss_is_within_a_limit_only_in_both_parts()
    {
        var measure = new Approximate<Rational>(new MaxDivergence());
        var limit = new ApproximateLoss<Rational>(Half, new Rational(1, 100));
        Assert.True(measure.IsWithin(limit, limit));
        Assert.False(measure.IsWithin(new(Half, new Rational(2, 100)), limit));
        Assert.False(measure.IsWithin(new(Rational.One, Rational.Zero), limit));
    }

    [Fact]
    public void Pure_and_zero_concentrated_losses_are_not_confused()
    {
        Measure<Rational> pure = new MaxDivergence(), zcdp = new ZeroConcentratedDivergence();
        Assert.NotEqual(pure, zcdp);
        Assert.NotEqual(new Approximate<Rational>(pure), new Approximate<Rational>(zcdp));
        Assert.Equal(new Approximate<Rational>(pure), new Approximate<Rational>(new MaxDivergence()));
    }
}
