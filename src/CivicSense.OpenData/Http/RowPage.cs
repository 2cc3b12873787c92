namespace CivicSense.OpenData;

/// <summary>One page of a list.</summary>
/// <typeparam name="TRow">The rows.</typeparam>
class RowPage<TRow>
{
    /// <summary>The rows.</summary>
    public required IReadOnlyList<TRow> Items { get; init; }

    /// <summary>The address of the next page; null on the last. The same as in the Link header.</summary>
    public string? Next { get; init; }

    /// <summary>The licence of the data, an SPDX identifier.</summary>
    public required string Licence { get; init; }
}
