namespace CivicSense.Privacy;

/// <summary>The same measurement under a weaker measure. Proofs: docs/privacy/contract.md, conversions.</summary>
public static class Conversions
{
    /// <summary>Pure epsilon is rho-zCDP with rho = epsilon^2 / 2, exactly (Bun and Steinke 2016, proposition 1.4).</summary>
    /// <param name="measurement">A measurement under <see cref="MaxDivergence"/>.</param>
    /// <exception cref="ArgumentException">The measurement is under another measure.</exception>
    public static Measurement<TIn, TOut, Rational> PureToZeroConcentrated<TIn, TOut>(this Measurement<TIn, TOut, Rational> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        RequireMeasure(measurement, new MaxDivergence());
        return measurement.Under(new ZeroConcentratedDivergence(), epsilon => epsilon * epsilon / Rational.FromInteger(2));
    }

    /// <summary>Any measurement as one that may fail with probability delta, where delta is 0.</summary>
    public static Measurement<TIn, TOut, ApproximateLoss<TLoss>> ToApproximate<TIn, TOut, TLoss>(
        this Measurement<TIn, TOut, TLoss> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Under(new Approximate<TLoss>(measurement.Measure), loss => new ApproximateLoss<TLoss>(loss, Rational.Zero));
    }

    /// <summary>
    /// rho-zCDP as (epsilon, delta)-differential privacy at a fixed delta: epsilon by corollary 13 of Canonne, Kamath, Steinke 2020,
    /// rounded up.
    /// </summary>
    /// <param name="measurement">A measurement under <see cref="ZeroConcentratedDivergence"/>.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentException">The measurement is under another measure.</exception>
    /// <exception cref="ArgumentOutOfRangeException">delta is outside its range.</exception>
    public static Measurement<TIn, TOut, ApproximateLoss<Rational>> ZeroConcentratedToApproximate<TIn, TOut>(
        this Measurement<TIn, TOut, Rational> measurement, Rational delta)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        RequireMeasure(measurement, new ZeroConcentratedDivergence());
        ArgumentRanges.RequireDelta(delta);
        return measurement.Under(
            new Approximate<Rational>(new MaxDivergence()),
            rho => rho.Sign == 0
                ? new ApproximateLoss<Rational>(Rational.Zero, Rational.Zero)
                : new ApproximateLoss<Rational>(ZeroConcentratedAccounting.EpsilonBound(rho, delta), delta));
    }

    /// <summary>Pure epsilon as a curve of Renyi divergences.</summary>
    /// <exception cref="ArgumentException">The measurement is under another measure.</exception>
    public static Measurement<TIn, TOut, RenyiCurve> PureToRenyi<TIn, TOut>(this Measurement<TIn, TOut, Rational> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        RequireMeasure(measurement, new MaxDivergence());
        return measurement.Under(new RenyiDivergence(), RenyiCurve.OfPure);
    }

    /// <summary>rho-zCDP as a curve of Renyi divergences: alpha rho at every order alpha, by definition.</summary>
    /// <exception cref="ArgumentException">The measurement is under another measure.</exception>
    public static Measurement<TIn, TOut, RenyiCurve> ZeroConcentratedToRenyi<TIn, TOut>(this Measurement<TIn, TOut, Rational> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        RequireMeasure(measurement, new ZeroConcentratedDivergence());
        return measurement.Under(new RenyiDivergence(), RenyiCurve.OfZeroConcentrated);
    }

    /// <summary>
    /// A curve of Renyi divergences as (epsilon, delta)-differential privacy at a fixed delta: the smallest epsilon over the orders
    /// (Canonne, Kamath, Steinke 2020, proposition 12), rounded up.
    /// </summary>
    /// <param name="measurement">A measurement under <see cref="RenyiDivergence"/>.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">delta is outside its range.</exception>
    public static Measurement<TIn, TOut, ApproximateLoss<Rational>> RenyiToApproximate<TIn, TOut>(
        this Measurement<TIn, TOut, RenyiCurve> measurement, Rational delta)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        ArgumentRanges.RequireDelta(delta);
        return measurement.Under(
            new Approximate<Rational>(new MaxDivergence()),
            curve => curve.Equals(RenyiCurve.Zero)
                ? new ApproximateLoss<Rational>(Rational.Zero, Rational.Zero)
                : new ApproximateLoss<Rational>(curve.EpsilonBound(delta), delta));
    }

    static void RequireMeasure<TIn, TOut>(Measurement<TIn, TOut, Rational> measurement, Measure<Rational> expected) =>
        measurement.Measure.RequireSame(expected, nameof(measurement));
}
