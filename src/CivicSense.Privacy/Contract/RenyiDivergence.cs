namespace CivicSense.Privacy;

/// <summary>
/// Renyi differential privacy (Mironov 2017). The loss is a curve: a bound on the Renyi divergence at each of
/// <see cref="RenyiCurve.DefaultOrders"/>, at which all measurements of this room state theirs.
/// </summary>
public sealed record RenyiDivergence : Measure<RenyiCurve>
{
    /// <inheritdoc/>
    public override RenyiCurve None => RenyiCurve.Zero;

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

    internal override string? WhyRefused(RenyiCurve loss) => loss switch
    {
        null => "A curve is needed.",
        _ when !loss.Orders.SequenceEqual(RenyiCurve.DefaultOrders) => "The curve must have the orders of RenyiCurve.DefaultOrders.",
        _ => null,
    };
}
