using System.Collections.Immutable;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>The system query options of a request or of an expanded relation (OGC 18-088, clause 9.3).</summary>
sealed record QueryOptions
{
    public static QueryOptions None { get; } = new();

    public Expression? Filter { get; init; }

    public ImmutableArray<OrderTerm> OrderBy { get; init; } = [];

    /// <summary>The properties and relations wanted, or parts of properties (<c>unitOfMeasurement/symbol</c>); empty for all.</summary>
    public ImmutableArray<string> Select { get; init; } = [];

    public ImmutableArray<ExpandTerm> Expand { get; init; } = [];

    public int? Top { get; init; }

    public int Skip { get; init; }

    public bool Count { get; init; }

    /// <summary>Whether Observations are wanted as arrays of values (OGC 18-088, clause 13.1).</summary>
    public bool AsDataArray { get; init; }

    /// <summary>Where this page goes on, as the page before said.</summary>
    public string? SkipToken { get; init; }

    /// <summary>Whether nothing is asked for in particular.</summary>
    public bool IsNone => !Parts(nested: false).Any();

    /// <summary>The options as a query string, for next links.</summary>
    public string ToQueryString() =>
        string.Join('&', Parts(nested: false).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));

    /// <summary>The options as they stand in the parentheses of an expanded relation.</summary>
    public override string ToString() => string.Join(';', Parts(nested: true).Select(part => $"{part.Name}={part.Value}"));

    IEnumerable<(string Name, string Value)> Parts(bool nested)
    {
        if (Top is { } top) yield return ("$top", top.ToString(CultureInfo.InvariantCulture));
        if (Skip > 0) yield return ("$skip", Skip.ToString(CultureInfo.InvariantCulture));
        if (Count) yield return ("$count", "true");
        if (AsDataArray && !nested) yield return ("$resultFormat", "dataArray");
        if (Filter is not null) yield return ("$filter", Filter.ToString());
        if (!OrderBy.IsEmpty) yield return ("$orderby", string.Join(',', OrderBy));
        if (!Select.IsEmpty) yield return ("$select", string.Join(',', Select));
        if (!Expand.IsEmpty) yield return ("$expand", string.Join(',', Expand));
        if (SkipToken is not null && !nested) yield return ("$skiptoken", SkipToken);
    }

}

/// <summary>One sort key.</summary>
/// <param name="Key">What is sorted by.</param>
/// <param name="Descending">Whether the largest comes first.</param>
sealed record OrderTerm(Expression Key, bool Descending)
{
    public override string ToString() => Descending ? $"{Key} desc" : Key.ToString()!;
}

/// <summary>A relation whose entities are wanted inline.</summary>
/// <param name="Navigation">The relation.</param>
/// <param name="Options">What is wanted of them.</param>
sealed record ExpandTerm(Navigation Navigation, QueryOptions Options)
{
    public override string ToString() => Options.ToString() is { Length: > 0 } options ? $"{Navigation.Name}({options})" : Navigation.Name;
}
