namespace CivicSense.Privacy;

/// <summary>
/// A quantile of the data, chosen from public candidates by the exponential mechanism. OpenDP: <c>make_private_quantile</c>.
/// </summary>
public static class PrivateQuantile
{
    /// <summary>
    /// <see cref="Quantile.Scores"/>, then <see cref="ExponentialMechanism.Select(VectorDomain{long}, LInfDistance, Rational)"/>, then the
    /// candidate that was chosen. With the quantile a/b the map is d -> 2 d max(a, b - a) / scale for <see cref="SymmetricDistance"/> and
    /// d -> 2 d b / scale for <see cref="ChangeOneDistance"/>.
    /// </summary>
    /// <param name="domain">The rows. They need no bounds.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="candidates">The public candidates, strictly increasing; at least one.</param>
    /// <param name="quantile">From 0 to 1; 1/2 is the median. The denominator in lowest terms is below 2^31.</param>
    /// <param name="scale">Above 0 and at most 2^64, in rows times the quantile's denominator. Larger is more private.</param>
    /// <exception cref="ArgumentException">
    /// There is no candidate, they do not increase, or the metric does not measure the domain.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The quantile or the scale is out of range.</exception>
    public static Measurement<IReadOnlyList<long>, long, Rational> Of(
        VectorDomain<long> domain, RowMetric metric, IReadOnlyList<long> candidates, Rational quantile, Rational scale)
    {
        var points = Quantile.Increasing(candidates);
        return Quantile.Scores(domain, metric, points, quantile)
            .Then((scores, distance) => ExponentialMechanism.Select(scores, distance, scale))
            .Then(index => points[index]);
    }
}
