using System.Globalization;
using System.Text.RegularExpressions;

namespace CivicSense.OpenData;

/// <summary>
/// Fills the holes of a text: <c>{name}</c> is a value, <c>**words**</c> are important, <c>[words](name)</c> lead to an address.
/// </summary>
static partial class Template
{
    /// <summary>The text with its values and without markup.</summary>
    /// <param name="text">The text.</param>
    /// <param name="culture">How numbers are written.</param>
    /// <param name="values">The values by their names.</param>
    /// <exception cref="KeyNotFoundException">The text has a hole that there is no value for.</exception>
    public static string Fill(string text, CultureInfo culture, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) return text;
        var filled = new System.Text.StringBuilder();
        var end = 0;
        foreach (var hole in Hole().EnumerateMatches(text))
        {
            filled.Append(text.AsSpan(end, hole.Index - end));
            filled.Append(Written(Find(values, text.AsSpan(hole.Index + 1, hole.Length - 2)), culture));
            end = hole.Index + hole.Length;
        }
        return filled.Append(text.AsSpan(end)).ToString();
    }

    /// <summary>
    /// The text as markup: everything is encoded but what stands for markup here, and values that are <see cref="Html"/>.
    /// </summary>
    /// <inheritdoc cref="Fill"/>
    public static Html Draw(string text, CultureInfo culture, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var html = new Html();
        var end = 0;
        foreach (Match part in Part().Matches(text))
        {
            html.Append($"{text[end..part.Index]}");
            if (part.Groups["hole"] is { Success: true } hole) DrawValue(html, Find(values, hole.ValueSpan), culture);
            else if (part.Groups["strong"] is { Success: true } strong) html.Append($"<strong>{Draw(strong.Value, culture, values)}</strong>");
            else html.Append($"<a href=\"{Written(Find(values, part.Groups["address"].ValueSpan), culture)}\">{Draw(part.Groups["words"].Value, culture, values)}</a>");
            end = part.Index + part.Length;
        }
        return html.Append($"{text[end..]}");
    }

    /// <summary>The names that a text asks for, each once: values as they are, addresses with <c>@</c> before them.</summary>
    public static IReadOnlySet<string> Names(string text)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Match part in Part().Matches(text))
        {
            if (part.Groups["hole"] is { Success: true } hole) names.Add(hole.Value);
            else if (part.Groups["strong"] is { Success: true } strong) names.UnionWith(Names(strong.Value));
            else
            {
                names.Add("@" + part.Groups["address"].Value);
                names.UnionWith(Names(part.Groups["words"].Value));
            }
        }
        return names;
    }

    static void DrawValue(Html html, object? value, CultureInfo culture)
    {
        if (value is Html markup) html.Append(markup);
        else html.Append($"{Written(value, culture)}");
    }

    static string Written(object? value, CultureInfo culture) =>
        value is IFormattable number ? number.ToString(null, culture) : value?.ToString() ?? "";

    static object? Find(ReadOnlySpan<(string Name, object? Value)> values, ReadOnlySpan<char> name)
    {
        foreach (var (known, value) in values)
        {
            if (name.SequenceEqual(known)) return value;
        }
        throw new KeyNotFoundException($"A text has the hole '{name}', which nothing is there for.");
    }

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{(?<hole>\w+)\}|\*\*(?<strong>.+?)\*\*|\[(?<words>.+?)\]\((?<address>\w+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
