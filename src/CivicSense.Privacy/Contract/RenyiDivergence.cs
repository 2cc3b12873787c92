namespace CivicSense.Privacy;

/// <summary>Renyi differential privacy (Mironov 2017). The loss is a curve: a bound on the Renyi divergence at each of a list of orders.</summary>
public sealed record RenyiDivergence : Measure<RenyiCurve>
{
    /// <inheritdoc/>
    public override RenyiCurve None => RenyiCurve.OfZeroConcentrated(Rational.Zero);

    /// <inheritdoc/>
    public override RenyiCurve Compose(RenyiCurve first, RenyiCurve second)
    {
        ArgumentNullException.ThrowIfNull(first);
        return first.Compose(second);
    }

    /// <inheritdoc/>
    public override bool IsWithin(RenyiCurve loss, RenyiCurve limit)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.IsWithin(limit);
    }

    internal override string? WhyRefused(RenyiCurve loss) => loss is null ? "A curve is needed." : null;
}
