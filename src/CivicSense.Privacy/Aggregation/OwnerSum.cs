namespace CivicSense.Privacy;

/// <summary>One bounded integer for each owner: the step from owner-level to row-level adjacency that bounds the aggregate.</summary>
public static class OwnerSum
{
    /// <summary>
    /// Each owner's rows are added exactly, then the sum is clamped to [lower, upper]. The result has one row for every owner with rows, in
    /// ascending order of the owners' identifiers. The map to <see cref="SymmetricDistance"/> is d -> d for
    /// <see cref="SymmetricIdDistance"/> and d -> 2d for <see cref="ChangeOneIdDistance"/>.
    /// </summary>
    /// <remarks>
    /// Proof definition: what an owner contributes is a function of the multiset of that owner's own rows. First the sum, then the bound;
    /// the other way round the bound would not bound an owner. Proof: docs/privacy/owner-grouping.md, lemma 2.
    /// </remarks>
    /// <param name="domain">The rows with their owners.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="lower">The smallest contribution of an owner; public.</param>
    /// <param name="upper">The largest contribution of an owner; at least <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentException">The metric does not measure the domain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lower bound is above the upper.</exception>
    public static Transformation<IReadOnlyList<Owned<long>>, IReadOnlyList<long>> Of(
        VectorDomain<Owned<long>> domain, OwnerMetric metric, long lower, long upper)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        var moved = metric.Choose(added: 1, replaced: 2);
        return new Transformation<IReadOnlyList<Owned<long>>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<Owned<long>>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(lower, upper)), new SymmetricDistance()),
            rows => [.. SumsByOwner(rows).Values.Select(sum => (long)Int128.Clamp(sum, lower, upper))],
            distance => distance * moved);
    }

    // Always fits: fewer than 2^31 rows of magnitude at most 2^63.
    static SortedDictionary<int, Int128> SumsByOwner(IReadOnlyList<Owned<long>> rows)
    {
        var sums = new SortedDictionary<int, Int128>();
        for (var i = 0; i < rows.Count; i++)
            sums[rows[i].Owner] = sums.GetValueOrDefault(rows[i].Owner) + rows[i].Value;

        return sums;
    }
}
