namespace CivicSense.Privacy;

/// <summary>The number of owners.</summary>
public static class OwnerCount
{
    /// <summary>The number of different owners who have a row. The map is d -> d. Proof: docs/privacy/owner-grouping.md, lemma 4.</summary>
    /// <param name="domain">The rows with their owners.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <exception cref="ArgumentException">The metric does not measure the domain.</exception>
    public static Transformation<IReadOnlyList<Owned<T>>, Int128> Of<T>(VectorDomain<Owned<T>> domain, OwnerMetric metric)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return new Transformation<IReadOnlyList<Owned<T>>, Int128>(
            new Space<IReadOnlyList<Owned<T>>>(domain, metric),
            new Space<Int128>(new AtomDomain<Int128>(), new AbsoluteDistance()),
            rows => rows.Select(row => row.Owner).Distinct().Count(),
            distance => distance);
    }
}
