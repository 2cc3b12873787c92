using System.Globalization;
using System.Text.RegularExpressions;

namespace CivicSense.Commons;

/// <summary>
/// The notation of texts: <c>{name}</c> is a value, <c>**words**</c> are important, <c>[words](name)</c> lead to an address.
/// </summary>
public static partial class Template
{
    /// <summary>The text with its values and without markup.</summary>
    /// <param name="text">The text.</param>
    /// <param name="culture">How numbers are written.</param>
    /// <param name="values">The values by their names.</param>
    /// <exception cref="KeyNotFoundException">The text has a hole that there is no value for.</exception>
    public static string Fill(string text, CultureInfo culture, ReadOnlySpan<(string Name, object? Value)> values)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('{', StringComparison.Ordinal)) return text;
        var filled = new System.Text.StringBuilder();
        var end = 0;
        foreach (var hole in Hole().EnumerateMatches(text))
        {
            filled.Append(text.AsSpan(end, hole.Index - end));
            filled.Append(Write(Find(values, text.AsSpan(hole.Index + 1, hole.Length - 2)), culture));
            end = hole.Index + hole.Length;
        }
        return filled.Append(text.AsSpan(end)).ToString();
    }

    /// <summary>Takes a text apart into what is drawn one after the other. Words within it may be texts again.</summary>
    public static IEnumerable<TemplatePart> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (part.Index > end) yield return new TemplatePart(TemplatePartKind.Plain, text[end..part.Index], "");
            yield return part.Groups["hole"] is { Success: true } hole ? new TemplatePart(TemplatePartKind.Hole, "", hole.Value)
                : part.Groups["strong"] is { Success: true } strong ? new TemplatePart(TemplatePartKind.Strong, strong.Value, "")
                : new TemplatePart(TemplatePartKind.Link, part.Groups["words"].Value, part.Groups["address"].Value);
            end = part.Index + part.Length;
        }
        if (end < text.Length) yield return new TemplatePart(TemplatePartKind.Plain, text[end..], "");
    }

    /// <summary>The names that a text asks for, each once: values as they are, addresses with <c>@</c> before them.</summary>
    public static IReadOnlySet<string> Names(string text)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var part in Read(text))
        {
            if (part.Kind == TemplatePartKind.Hole) names.Add(part.Name);
            if (part.Kind == TemplatePartKind.Link) names.Add("@" + part.Name);
            if (part.Kind is TemplatePartKind.Strong or TemplatePartKind.Link) names.UnionWith(Names(part.Text));
        }
        return names;
    }

    /// <summary>A value as a text has it.</summary>
    public static string Write(object? value, CultureInfo culture) =>
        value is IFormattable number ? number.ToString(null, culture) : value?.ToString() ?? "";

    /// <summary>The value with a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static object? Find(ReadOnlySpan<(string Name, object? Value)> values, ReadOnlySpan<char> name)
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

/// <summary>A piece of a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The words; of a hole none. Of what is important, and of a link, they are a text of their own.</param>
/// <param name="Name">The name of the value of a hole, or of a link's address; otherwise none.</param>
public readonly record struct TemplatePart(TemplatePartKind Kind, string Text, string Name);

/// <summary>What a piece of a text is.</summary>
public enum TemplatePartKind
{
    /// <summary>Words as they are.</summary>
    Plain,

    /// <summary>The place of a value.</summary>
    Hole,

    /// <summary>Words that are important.</summary>
    Strong,

    /// <summary>Words that lead to an address.</summary>
    Link,
}
