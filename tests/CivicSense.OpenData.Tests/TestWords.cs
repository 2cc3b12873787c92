using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>The words of pages in each language, at UTC.</summary>
static class TestWords
{
    public static Words English { get; } = Of("en");

    public static Words Spanish { get; } = Of("es");

    static Words Of(string code) => new(new OpenDataOptions(), LanguageCatalogue.All.Single(language => language.Code == code));
}
