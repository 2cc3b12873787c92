namespace CivicSense.Privacy;

/// <summary>At most so many rows of each owner: the step from owner-level to row-level adjacency that bounds the rows.</summary>
public static class OwnerTruncation
{
    /// <summary>
    /// Keeps at most <paramref name="limit"/> rows of each owner and forgets the owners. The map to <see cref="SymmetricDistance"/> is
    /// d -> d limit for <see cref="SymmetricIdDistance"/> and d -> 2 d limit for <see cref="ChangeOneIdDistance"/>.
    /// </summary>
    /// <remarks>
    /// <para>Which rows are kept depends on the multiset of that owner's values and on nothing else, not even on their order: of n sorted
    /// values those at the positions floor((2j + 1) n / (2 limit)) for j from 0 to limit - 1, which are evenly spread over the owner's
    /// values.</para>
    /// <para>Proof: docs/privacy/owner-grouping.md, lemma 3.</para>
    /// </remarks>
    /// <param name="domain">The rows with their owners.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="limit">The number of rows that an owner may have in the result; at least 1.</param>
    /// <param name="distinct">Whether an owner's equal values count as one, so that later counts are numbers of owners.</param>
    /// <param name="order">
    /// A total order in which only values that cannot be told apart compare as equal. Default: ordinal for strings, otherwise the type's
    /// own order. Needed for doubles, decimals and times, of which zero and minus zero, 1.0 and 1.00 or one instant in two time zones
    /// compare as equal, and for tuples that hold them or strings.
    /// </param>
    /// <typeparam name="T">The type of the values. In the default order equal values must be indistinguishable.</typeparam>
    /// <exception cref="ArgumentException">
    /// The metric does not measure the domain, or the type needs an order and has none.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public static Transformation<IReadOnlyList<Owned<T>>, IReadOnlyList<T>> Of<T>(
        VectorDomain<Owned<T>> domain, OwnerMetric metric, int limit, bool distinct = false, IComparer<T>? order = null)
        where T : IComparable<T>
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (order is null)
            IndistinguishableValues.RequireInDefaultOrder<T>(nameof(order));

        var moved = Rational.FromInt64(limit) * metric.Choose(added: 1, replaced: 2);
        var comparer = order ?? DefaultOrder<T>();
        var input = new Space<IReadOnlyList<Owned<T>>>(domain, metric);
        return new Transformation<IReadOnlyList<Owned<T>>, IReadOnlyList<T>>(
            input,
            new Space<IReadOnlyList<T>>(new VectorDomain<T>(((OwnedDomain<T>)domain.Element).Value), new SymmetricDistance()),
            rows => Truncate(rows, limit, distinct, comparer),
            distance => distance * moved);
    }

    // The default order of strings is that of a culture, in which different strings may compare as equal.
    static IComparer<T> DefaultOrder<T>() => typeof(T) == typeof(string) ? (IComparer<T>)StringComparer.Ordinal : Comparer<T>.Default;

    static List<T> Truncate<T>(IReadOnlyList<Owned<T>> rows, int limit, bool distinct, IComparer<T> order)
    {
        var byOwner = new SortedDictionary<int, List<T>>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (!byOwner.TryGetValue(rows[i].Owner, out var values))
                byOwner[rows[i].Owner] = values = [];

            values.Add(rows[i].Value);
        }

        var kept = new List<T>();
        foreach (var values in byOwner.Values)
        {
            values.Sort(order);
            kept.AddRange(Spread(distinct ? WithoutRepeats(values, order) : values, limit));
        }

        return kept;
    }

    static List<T> WithoutRepeats<T>(List<T> sorted, IComparer<T> order) =>
        [.. sorted.Where((value, i) => i == 0 || order.Compare(sorted[i - 1], value) != 0)];

    static IEnumerable<T> Spread<T>(List<T> sorted, int limit) => sorted.Count <= limit
        ? sorted
        : Enumerable.Range(0, limit).Select(j => sorted[(int)(((Int128)(2L * j) + 1) * sorted.Count / (2L * limit))]);
}
