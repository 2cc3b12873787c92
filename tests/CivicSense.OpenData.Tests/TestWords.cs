using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>The words of pages in each language, at UTC.</summary>
static class TestWords
{
    public static Words English { get; } = Of("en");

    public static Words Spanish { get; } = Of("es");

    /// <summary>English words at a node in a time zone.</summary>
    public static Words At(string timeZone) => Of("en", timeZone);

    static Words Of(string code, string timeZone = "UTC") =>
        new(new OpenDataOptions { TimeZone = timeZone }, LanguageCatalogue.All.Single(language => language.Code == code));
}
