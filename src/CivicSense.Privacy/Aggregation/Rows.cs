namespace CivicSense.Privacy;

/// <summary>Functions on data sets.</summary>
static class Rows
{
    /// <summary>The same function on every row, in the order of the rows.</summary>
    public static Func<IReadOnlyList<TIn>, IReadOnlyList<TOut>> Each<TIn, TOut>(Func<TIn, TOut> row) => rows =>
    {
        var result = new TOut[rows.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = row(rows[i]);

        return result;
    };
}
