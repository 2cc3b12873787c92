namespace CivicSense.Privacy;

/// <summary>The two pairs of metrics on data sets that aggregation knows: on rows, and on owners.</summary>
static class RowMetrics
{
    /// <summary>The first value where rows are added or removed, the second where rows are replaced.</summary>
    /// <exception cref="ArgumentException">The metric is neither.</exception>
    public static T ForRows<T>(Metric metric, T added, T replaced)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric switch
        {
            SymmetricDistance => added,
            ChangeOneDistance => replaced,
            _ => throw new ArgumentException($"The metric is {metric.GetType().Name}; it must be SymmetricDistance or ChangeOneDistance.", nameof(metric)),
        };
    }

    /// <summary>The first value where owners are added or removed, the second where their rows are replaced.</summary>
    /// <exception cref="ArgumentException">The metric is neither.</exception>
    public static T ForOwners<T>(Metric metric, T added, T replaced)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric switch
        {
            SymmetricIdDistance => added,
            ChangeOneIdDistance => replaced,
            _ => throw new ArgumentException($"The metric is {metric.GetType().Name}; it must be SymmetricIdDistance or ChangeOneIdDistance.", nameof(metric)),
        };
    }

    /// <summary>The element domain of rows with an owner, read as such.</summary>
    public static OwnedDomain<T> ElementOf<T>(VectorDomain<Owned<T>> domain) =>
        domain.Element as OwnedDomain<T> ??
        throw new ArgumentException($"The elements are {domain.Element.GetType().Name}; they must be an OwnedDomain.", nameof(domain));

    /// <summary>The same function on every row, in the order of the rows.</summary>
    public static Func<IReadOnlyList<TIn>, IReadOnlyList<TOut>> RowByRow<TIn, TOut>(Func<TIn, TOut> row) => rows =>
    {
        var result = new TOut[rows.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = row(rows[i]);
        }

        return result;
    };
}
