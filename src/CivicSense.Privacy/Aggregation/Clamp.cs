namespace CivicSense.Privacy;

/// <summary>Every row moved to the nearest number within public bounds. OpenDP: <c>make_clamp</c>.</summary>
public static class Clamp
{
    /// <summary>Clamps every row to [lower, upper]. The map is d -> d.</summary>
    /// <remarks>
    /// Proof definition: the function works row by row, so d rows added, removed or replaced in the data are at most d rows added, removed
    /// or
    /// replaced in the result; and every result is within the bounds. Proof: docs/privacy/clamped-sum.md, lemmas 1 and 2.
    /// </remarks>
    /// <param name="domain">The rows.</param>
    /// <param name="metric"><see cref="SymmetricDistance"/> or <see cref="ChangeOneDistance"/>; the same for the result.</param>
    /// <param name="lower">The smallest result; public, never chosen by looking at the data.</param>
    /// <param name="upper">The largest result; at least <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentException">The metric is another one, or does not measure the domain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lower bound is above the upper.</exception>
    public static Transformation<IReadOnlyList<long>, IReadOnlyList<long>> Of(VectorDomain<long> domain, Metric metric, long lower, long upper)
    {
        ArgumentNullException.ThrowIfNull(domain);
        RowMetrics.ForRows(metric, added: 1, replaced: 1);
        return new Transformation<IReadOnlyList<long>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<long>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(lower, upper), domain.Size), metric),
            RowMetrics.RowByRow<long, long>(value => Math.Clamp(value, lower, upper)),
            distance => distance);
    }
}
