using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace CivicSense.Commons;

/// <summary>All words of the pages in one language, as its file has them.</summary>
/// <remarks>
/// docs/pages.md says how to write such a file. What a file lacks is shown in <see cref="LanguageCatalogue.Original"/>. Safe for
/// concurrent use.
/// </remarks>
public sealed class Language
{
    readonly FrozenDictionary<string, string> texts;

    Language(string code, Dictionary<string, string> texts)
    {
        Code = code;
        this.texts = texts.ToFrozenDictionary(StringComparer.Ordinal);
        Name = this.texts["language.name"];
        Culture = CultureInfo.GetCultureInfo(this.texts["language.culture"], predefinedOnly: true);
    }

    /// <summary>Names the language in addresses and in <c>lang</c> attributes, e.g. <c>es</c> (BCP 47).</summary>
    public string Code { get; }

    /// <summary>What the language calls itself.</summary>
    public string Name { get; }

    /// <summary>How it writes numbers, and its names of days and months.</summary>
    public CultureInfo Culture { get; }

    /// <summary>The keys of all its texts.</summary>
    public IEnumerable<string> Keys => texts.Keys;

    /// <summary>A text as the file has it, with its holes.</summary>
    /// <param name="key">The text's key, such as <c>area.whole</c>.</param>
    /// <exception cref="KeyNotFoundException">The original language lacks it too.</exception>
    public string this[string key] =>
        texts.TryGetValue(key, out var text) ? text
        : this != LanguageCatalogue.Original ? LanguageCatalogue.Original[key]
        : throw new KeyNotFoundException($"There is no text '{key}' in the language {Code}.");

    /// <summary>Whether the language has a text of its own.</summary>
    public bool Has(string key) => texts.ContainsKey(key);

    /// <summary>A text with its holes filled; see <see cref="Template.Fill"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such text, or nothing for one of its holes.</exception>
    public string Text(string key, params ReadOnlySpan<(string Name, object? Value)> values) => Template.Fill(this[key], Culture, values);

    /// <summary>A number that is written with a point and no groups, as the language writes it.</summary>
    public string Localise(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return number.Replace(".", Culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal)
            .Replace("-", Culture.NumberFormat.NegativeSign, StringComparison.Ordinal);
    }

    /// <summary>Reads a file: objects within objects, whose names are joined by points to the keys.</summary>
    /// <exception cref="InvalidDataException">The file is malformed, or names a culture that the machine does not know.</exception>
    internal static Language Read(string code, Stream file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            var read = new Dictionary<string, string>(StringComparer.Ordinal);
            Flatten(document.RootElement, "", read);
            return new Language(code, read);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException or CultureNotFoundException)
        {
            throw new InvalidDataException($"The file of the language {code} cannot be used: {exception.Message}", exception);
        }
    }

    static void Flatten(JsonElement element, string key, Dictionary<string, string> into)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
                Flatten(member.Value, key.Length == 0 ? member.Name : $"{key}.{member.Name}", into);
        }
        else
        {
            into[key] = element.GetString() ?? throw new InvalidOperationException($"'{key}' has no text.");
        }
    }
}
