using CivicSense.Commons;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Stewardship;

/// <summary>One request of a private page and its language: that of its address, or else the one that the browser asks for.</summary>
sealed class PrivateRequest
{
    readonly string prefix;

    /// <param name="context">The request.</param>
    /// <param name="options">The settings.</param>
    /// <param name="language">The language of its address; null where that has none.</param>
    public PrivateRequest(HttpContext context, StewardshipOptions options, Language? language)
    {
        Context = context;
        prefix = language is null ? "" : "/" + language.Code;
        Words = new PrivateWords(
            language ?? LanguageCatalogue.Choose(context.Request.Headers.AcceptLanguage, options.Language), options.TimeZone);
    }

    public HttpContext Context { get; }

    public PrivateWords Words { get; }

    /// <summary>Whether the language was chosen by what the browser asks for.</summary>
    public bool VariesByLanguage => prefix.Length == 0;

    /// <summary>The address of a page, by its path without a language.</summary>
    public string Link(string path) => prefix.Length > 0 && path == "/" ? prefix : prefix + path;
}
