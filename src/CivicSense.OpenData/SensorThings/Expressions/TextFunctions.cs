namespace CivicSense.OpenData.SensorThings;

/// <summary>The string functions of OGC 18-088, table 23. Positions count from 0, as in OData; case matters.</summary>
static class TextFunctions
{
    /// <summary>The longest text that concat makes.</summary>
    const int LongestText = 10_000;

    public static IReadOnlyList<Function> All { get; } =
    [
        Predicate("substringof", (part, whole) => whole.Contains(part, StringComparison.Ordinal)),
        Predicate("contains", (whole, part) => whole.Contains(part, StringComparison.Ordinal)),
        Predicate("endswith", (whole, part) => whole.EndsWith(part, StringComparison.Ordinal)),
        Predicate("startswith", (whole, part) => whole.StartsWith(part, StringComparison.Ordinal)),
        new("indexof", 2, 2, false, arguments =>
            arguments is [string whole, string part] ? (long)whole.IndexOf(part, StringComparison.Ordinal) : null),
        new("concat", 2, 2, false, arguments =>
            arguments is [string first, string second] && first.Length + second.Length <= LongestText ? first + second : null),
        new("substring", 2, 3, false, Substring),
        OfOne("length", text => (long)text.Length),
        OfOne("tolower", text => text.ToLowerInvariant()),
        OfOne("toupper", text => text.ToUpperInvariant()),
        OfOne("trim", text => text.Trim()),
    ];

    static Function Predicate(string name, Func<string, string, bool> holds) =>
        new(name, 2, 2, true, arguments => arguments is [string first, string second] ? holds(first, second) : null);

    static Function OfOne(string name, Func<string, object> compute) =>
        new(name, 1, 1, false, arguments => arguments is [string text] ? compute(text) : null);

    static string? Substring(object[] arguments)
    {
        if (arguments is not [string text, long start, .. var rest]) return null;
        var length = rest is [var last] ? last as long? : text.Length;
        if (length is null) return null;
        var from = (int)Math.Clamp(start, 0, text.Length);
        return text.Substring(from, (int)Math.Clamp(length.Value, 0, text.Length - from));
    }
}
