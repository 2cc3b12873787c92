using System.Collections.Immutable;
using System.Net.Http.Headers;

namespace CivicSense.Commons;

/// <summary>The languages that come with the program: every JSON file in this folder, embedded when it is built.</summary>
public static class LanguageCatalogue
{
    const string Folder = "Languages/";
    const string Extension = ".json";

    static readonly ImmutableArray<Language> Read = ReadAll();

    /// <summary>All languages by their code.</summary>
    public static ImmutableArray<Language> All => Read;

    /// <summary>The language that texts are written in first: it has every text, and stands in for those that another lacks.</summary>
    public static Language Original { get; } = Read.Single(language => language.Code == "en");

    /// <summary>Finds a language by its code; null if there is none. Case counts.</summary>
    public static Language? Find(string code) => Read.FirstOrDefault(language => language.Code == code);

    /// <summary>
    /// The language that a browser would rather have (RFC 9110, section 12.5.4): regions are left aside, so <c>es-MX</c> gets <c>es</c>.
    /// </summary>
    /// <param name="accepted">The header Accept-Language; what cannot be read in it asks for nothing.</param>
    /// <param name="otherwise">The language of those who ask for none that is here.</param>
    public static Language Choose(string? accepted, Language otherwise)
    {
        var ranges = (accepted ?? "").Split(',').Select(range => StringWithQualityHeaderValue.TryParse(range, out var read) ? read : null)
            .OfType<StringWithQualityHeaderValue>();
        return ranges.Where(range => range.Quality is not <= 0).OrderByDescending(range => range.Quality ?? 1)
            .Select(range => Read.FirstOrDefault(language => Covers(range.Value, language)))
            .FirstOrDefault(language => language is not null)
            ?? otherwise;
    }

    static bool Covers(ReadOnlySpan<char> range, Language language)
    {
        var end = range.IndexOf('-');
        return (end < 0 ? range : range[..end]).Equals(language.Code, StringComparison.OrdinalIgnoreCase);
    }

    static ImmutableArray<Language> ReadAll()
    {
        var assembly = typeof(LanguageCatalogue).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal));
        return [.. files.Order(StringComparer.Ordinal).Select(name =>
        {
            using var file = assembly.GetManifestResourceStream(name)!;
            return Language.Read(name[Folder.Length..^Extension.Length], file);
        })];
    }
}
