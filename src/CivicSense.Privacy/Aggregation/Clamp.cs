namespace CivicSense.Privacy;

/// <summary>Numbers moved to the nearest one within public bounds. OpenDP: <c>make_clamp</c>.</summary>
public static class Clamp
{
    /// <summary>Clamps every row to [lower, upper]. The map is d -> d.</summary>
    /// <remarks>
    /// Proof definition: the function works row by row, so d rows added, removed or replaced in the data are at most d rows added, removed
    /// or replaced in the result; and every result is within the bounds. Proof: docs/privacy/clamped-sum.md, lemmas 1 and 2.
    /// </remarks>
    /// <param name="domain">The rows.</param>
    /// <param name="metric">How far apart the rows are; the same for the result.</param>
    /// <param name="lower">The smallest result; public, never chosen by looking at the data.</param>
    /// <param name="upper">The largest result; at least <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentException">The metric does not measure the domain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lower bound is above the upper.</exception>
    public static Transformation<IReadOnlyList<long>, IReadOnlyList<long>> Of(
        VectorDomain<long> domain, RowMetric metric, long lower, long upper)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return new Transformation<IReadOnlyList<long>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<long>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(lower, upper), domain.Size), metric),
            Rows.Each<long, long>(value => Math.Clamp(value, lower, upper)),
            distance => distance);
    }

    /// <summary>Clamps one number to [lower, upper], as <see cref="GeometricMechanism"/> needs it. The map is d -> d.</summary>
    /// <remarks>Proof: docs/privacy/clamped-sum.md, lemma 5.</remarks>
    /// <param name="domain">The numbers.</param>
    /// <param name="lower">The smallest result; public, never chosen by looking at the data.</param>
    /// <param name="upper">The largest result; at least <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lower bound is above the upper.</exception>
    public static Transformation<Int128, Int128> Of(AtomDomain<Int128> domain, Int128 lower, Int128 upper) => new(
        new Space<Int128>(domain, new AbsoluteDistance()),
        new Space<Int128>(new AtomDomain<Int128>(lower, upper), new AbsoluteDistance()),
        value => Int128.Clamp(value, lower, upper),
        distance => distance);
}
