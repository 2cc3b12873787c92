using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>The languages that come with the program: every JSON file in this folder, embedded when it is built.</summary>
static class LanguageCatalogue
{
    const string Folder = "Languages/";
    const string Extension = ".json";

    static readonly ImmutableArray<Language> Read = ReadAll();

    /// <summary>All languages by their code.</summary>
    public static ImmutableArray<Language> All => Read;

    /// <summary>The language of those who ask for none that is here, and of every text that another language lacks.</summary>
    public static Language Default { get; } = Read.Single(language => language.Code == "en");

    /// <summary>
    /// The language that a browser would rather have (RFC 9110, section 12.5.4): regions are left aside, so <c>es-MX</c> gets <c>es</c>.
    /// </summary>
    public static Language Choose(HttpRequest request)
    {
        // A header that cannot be read asks for nothing.
        var wanted = request.GetTypedHeaders().AcceptLanguage;
        return wanted.Where(range => range.Quality is not <= 0).OrderByDescending(range => range.Quality ?? 1)
            .Select(range => All.FirstOrDefault(language => Covers(range.Value.AsSpan(), language)))
                .FirstOrDefault(language => language is not null)
            ?? Default;
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
