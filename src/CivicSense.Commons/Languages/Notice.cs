using System.Collections.Immutable;

namespace CivicSense.Commons;

/// <summary>A sentence that a steward puts above every page, in one language or in several.</summary>
public sealed record Notice
{
    /// <summary>The most letters that it may have in a language.</summary>
    public const int MaximumLength = 500;

    /// <summary>The sentence by the code of its language; by nothing (<c>""</c>) that in the node's own language.</summary>
    public required ImmutableSortedDictionary<string, string> Texts { get; init; }

    /// <summary>A sentence in the node's own language, whichever that is.</summary>
    public static Notice Of(string text) => new() { Texts = ImmutableSortedDictionary<string, string>.Empty.Add("", text) };

    /// <summary>A text that comes with the program, in every language.</summary>
    /// <param name="key">The text's key, such as <c>demo.simulated</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such text.</exception>
    public static Notice OfProgram(string key) => new()
    {
        Texts = LanguageCatalogue.All.ToImmutableSortedDictionary(language => language.Code, language => language[key]),
    };

    /// <summary>The sentence for a page: in its language, or else in the node's own, or else in any.</summary>
    /// <param name="page">The language of the page.</param>
    /// <param name="own">The node's own language.</param>
    /// <returns>The sentence and the code of its language; null where there is none.</returns>
    public (string Text, string Code)? For(Language page, Language own)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(own);
        var (code, text) = Texts.TryGetValue(page.Code, out var found) ? (page.Code, found)
            : Texts.TryGetValue(own.Code, out found) || Texts.TryGetValue("", out found) ? (own.Code, found)
            : Texts.Select(entry => (entry.Key, entry.Value)).FirstOrDefault();
        return string.IsNullOrWhiteSpace(text) ? null : (text, code);
    }
}
