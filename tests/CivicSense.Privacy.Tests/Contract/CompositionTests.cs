namespace CivicSense.Privacy.Tests;

public sealed class CompositionTests
{
    [Fact]
    public void Losses_of_a_composition_add_up()
    {
        var both = Composition.Of(Pieces.SumAnswer(new Rational(1, 3)), Pieces.SumAnswer(new Rational(1, 6)));
        Assert.Equal(new Rational(1, 2), both.Map(Rational.One));
        var released = both.Release(Rational.One, [1, 2]);
        Assert.Equal([3, 3], released.Value);
        Assert.Equal(new Rational(1, 2), released.Loss);
    }

    [Fact]
    public void Only_measurements_of_the_same_space_and_measure_compose()
    {
        var zero = Pieces.SumAnswer(Rational.One);
        Assert.Throws<ArgumentException>(() => Composition.Of(zero, zero.PureToZeroConcentrated()));
        Assert.Throws<ArgumentException>(() => Composition.Of<IReadOnlyList<long>, Int128, Rational>());
        var elsewhere = new Measurement<IReadOnlyList<long>, Int128, Rational>(
            new Space<IReadOnlyList<long>>(Domains.Integers(), new SymmetricDistance()), new MaxDivergence(), _ => 0, d => d);
        Assert.Throws<ArgumentException>(() => Composition.Of(zero, elsewhere));
        Domains.AssertRefused("measurements", () => Composition.Of(zero, null!));
    }

    [Fact]
    public void Pure_epsilon_is_half_its_square_under_zCDP()
    {
        var measurement = Pieces.SumAnswer(new Rational(1, 3)).PureToZeroConcentrated();
        Assert.Equal(new Rational(1, 18), measurement.Map(Rational.One));
        Assert.Equal(new Rational(4, 18), measurement.Map(Rational.FromInteger(2)));
        Assert.Equal(new ZeroConcentratedDivergence(), measurement.Measure);
        Assert.Throws<ArgumentException>(() => measurement.PureToZeroConcentrated());
    }

    [Fact]
    public void A_pure_loss_as_an_approximate_one_has_delta_zero()
    {
        var measurement = Pieces.SumAnswer(new Rational(1, 3)).ToApproximate();
        Assert.Equal(new ApproximateLoss<Rational>(new Rational(1, 3), Rational.Zero), measurement.Map(Rational.One));
    }

    [Fact]
    public void zCDP_converts_at_a_fixed_delta_by_the_theorem()
    {
        // rho = 0.028 at delta 1e-6: 1.08 (docs/privacy/accounting.md).
        var delta = new Rational(1, 1_000_000);
        var zcdp = Pieces.Sum().Then(Pieces.Answer(new ZeroConcentratedDivergence(), new Rational(28, 10_000)));
        var loss = zcdp.ZeroConcentratedToApproximate(delta).Map(Rational.One);
        Assert.Equal(delta, loss.Delta);
        Assert.InRange(loss.Loss.ToDouble(), 1.0750, 1.0850);
        var nothing = new ApproximateLoss<Rational>(Rational.Zero, Rational.Zero);
        Assert.Equal(nothing, zcdp.ZeroConcentratedToApproximate(delta).Map(Rational.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => zcdp.ZeroConcentratedToApproximate(Rational.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => zcdp.ZeroConcentratedToApproximate(Rational.One));
        Assert.Throws<ArgumentException>(() => Pieces.SumAnswer(Rational.One).ZeroConcentratedToApproximate(delta));
    }

    [Fact]
    public void A_curve_converts_at_a_fixed_delta_by_its_best_order()
    {
        var delta = new Rational(1, 1_000_000);
        var renyi = Pieces.SumAnswer(new Rational(1, 3)).PureToRenyi();
        var loss = renyi.RenyiToApproximate(delta).Map(Rational.FromInteger(2));
        Assert.Equal(new ApproximateLoss<Rational>(RenyiCurve.OfPure(new Rational(2, 3)).EpsilonBound(delta), delta), loss);
        Assert.Equal(new Approximate<Rational>(new MaxDivergence()), renyi.RenyiToApproximate(delta).Measure);
        Assert.Equal(new ApproximateLoss<Rational>(Rational.Zero, Rational.Zero), renyi.RenyiToApproximate(delta).Map(Rational.Zero));
        Domains.AssertRefused("delta", () => renyi.RenyiToApproximate(Rational.Zero));
        Domains.AssertRefused("delta", () => renyi.RenyiToApproximate(Rational.One));
    }

    [Fact]
    public void Renyi_curves_follow_from_pure_and_zero_concentrated_losses()
    {
        var rho = new Rational(1, 10);
        var zcdp = Pieces.Sum().Then(Pieces.Answer(new ZeroConcentratedDivergence(), rho / Rational.FromInteger(10)));
        Assert.Equal(RenyiCurve.OfZeroConcentrated(rho), zcdp.ZeroConcentratedToRenyi().Map(Rational.One));
        var pure = Pieces.SumAnswer(rho).PureToRenyi();
        Assert.Equal(RenyiCurve.OfPure(rho), pure.Map(Rational.One));
        var twice = Composition.Of(pure, pure).Map(Rational.One);
        Assert.Equal(RenyiCurve.OfPure(rho).Compose(RenyiCurve.OfPure(rho)), twice);
        Assert.True(pure.Measure.IsWithin(RenyiCurve.OfPure(rho), twice));
        Assert.False(pure.Measure.IsWithin(twice, RenyiCurve.OfPure(rho)));
    }
}
