namespace CivicSense.Privacy;

/// <summary>The number of rows in each of a list of public categories. OpenDP: <c>make_count_by_categories</c>.</summary>
/// <remarks>
/// The categories must not be taken from the data: a category that is listed only because a row has it tells of that row. For categories
/// that are not known beforehand there is <see cref="StableKeyCounts"/>.
/// </remarks>
public static class CountByCategory
{
    /// <summary>One count for each category, in the order of the categories, zero where no row has it.</summary>
    /// <remarks>
    /// <para>For <see cref="SymmetricDistance"/> the map is d -> d, both to <see cref="L1Distance"/> and to <see cref="L2Distance"/>: d
    /// rows may all fall into one category. For <see cref="ChangeOneDistance"/> it is d -> 2d and d -> d sqrt(2), the latter rounded
    /// up.</para>
    /// <para>Proof: docs/privacy/count.md, lemma 2.</para>
    /// </remarks>
    /// <param name="domain">The rows.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="categories">The public categories; at least one, no two equal.</param>
    /// <param name="output">How far apart the counts are, as the mechanism that follows measures it.</param>
    /// <param name="countOthers">Whether one more slot, the last, counts the rows of no category; otherwise they are dropped.</param>
    /// <typeparam name="T">The type of the rows. Equal values must be indistinguishable.</typeparam>
    /// <exception cref="ArgumentException">
    /// There is no category, one is null, two are equal, or the metric does not measure the domain.
    /// </exception>
    public static Transformation<IReadOnlyList<T>, IReadOnlyList<Int128>> Of<T>(
        VectorDomain<T> domain, RowMetric metric, IReadOnlyList<T> categories, NormMetric output, bool countOthers = false)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(output);
        var (slots, size) = SlotsOf(categories, countOthers);
        var moved = metric.Choose(added: 1, replaced: 2);
        var map = output.Choose<Func<Rational, Rational>>(
            l1: distance => distance * moved,
            l2: metric.Choose<Func<Rational, Rational>>(
                added: distance => distance,
                replaced: distance => DirectedRounding.SqrtUp(distance * distance * 2)));
        return new Transformation<IReadOnlyList<T>, IReadOnlyList<Int128>>(
            new Space<IReadOnlyList<T>>(domain, metric),
            new Space<IReadOnlyList<Int128>>(new VectorDomain<Int128>(new AtomDomain<Int128>(), size), output),
            rows => [.. CountRows(rows, slots, size, countOthers).Select(count => (Int128)count)],
            map);
    }

    /// <summary>
    /// The same counts as scores for selection, so that the most frequent category can be chosen. The map to the monotonic
    /// <see cref="LInfDistance"/> is d -> d for <see cref="SymmetricDistance"/> and d -> 2d for <see cref="ChangeOneDistance"/>.
    /// </summary>
    /// <remarks>Proof: docs/privacy/count.md, lemma 3.</remarks>
    /// <param name="domain">The rows.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="categories">The public categories; at least one, no two equal.</param>
    /// <typeparam name="T">The type of the rows. Equal values must be indistinguishable.</typeparam>
    /// <exception cref="ArgumentException">
    /// There is no category, one is null, two are equal, or the metric does not measure the domain.
    /// </exception>
    public static Transformation<IReadOnlyList<T>, IReadOnlyList<long>> Scores<T>(
        VectorDomain<T> domain, RowMetric metric, IReadOnlyList<T> categories)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        var (slots, size) = SlotsOf(categories, countOthers: false);
        var moved = metric.Choose(added: 1, replaced: 2);
        return new Transformation<IReadOnlyList<T>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<T>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(), size), new LInfDistance(Monotonic: true)),
            rows => CountRows(rows, slots, size, countOthers: false),
            distance => distance * moved);
    }

    static (Dictionary<T, int> Slots, int Size) SlotsOf<T>(IReadOnlyList<T> categories, bool countOthers)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(categories);
        if (categories.Count == 0)
            throw new ArgumentException("There must be at least one category.", nameof(categories));

        return (CategoryIndex.Of(categories), categories.Count + (countOthers ? 1 : 0));
    }

    static long[] CountRows<T>(IReadOnlyList<T> rows, Dictionary<T, int> slots, int size, bool countOthers)
        where T : notnull
    {
        var counts = new long[size];
        for (var i = 0; i < rows.Count; i++)
        {
            if (slots.TryGetValue(rows[i], out var slot))
                counts[slot]++;
            else if (countOthers)
                counts[^1]++;
        }

        return counts;
    }
}
