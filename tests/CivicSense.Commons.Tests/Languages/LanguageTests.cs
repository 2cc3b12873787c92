using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CivicSense.Commons.Tests;

/// <summary>What a translator's file must have.</summary>
public sealed partial class LanguageTests
{
    public static TheoryData<string> Codes => [.. LanguageCatalogue.All.Select(language => language.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_language_has_every_text_and_no_other(string code)
    {
        var language = Find(code);
        Assert.Empty(LanguageCatalogue.Original.Keys.Except(language.Keys).Order());
        Assert.Empty(language.Keys.Except(LanguageCatalogue.Original.Keys).Order());
        Assert.DoesNotContain(language.Keys, key => string.IsNullOrWhiteSpace(language[key]));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_holes_of_a_text_are_the_same_in_every_language(string code)
    {
        var language = Find(code);
        foreach (var key in language.Keys)
            Assert.True(Template.Names(LanguageCatalogue.Original[key]).SetEquals(Template.Names(language[key])),
                $"{code}, {key}: {language[key]}");
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_language_has_days_and_months_of_its_own(string code)
    {
        var language = Find(code);
        Assert.NotEqual(CultureInfo.InvariantCulture, language.Culture);
        Assert.Equal(code, language.Culture.TwoLetterISOLanguageName);
    }

    [Fact]
    public void No_text_is_left_over_and_none_is_asked_for_that_is_not_there()
    {
        var source = string.Join(
            '\n', RoomsWithPages().SelectMany(room => Directory.EnumerateFiles(room, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(File.ReadAllText));
        var keys = LanguageCatalogue.Original.Keys.ToList();
        var patterns = Composed().Matches(source).Select(match => Pattern(match.Value[1..^1]))
            .Distinct().Select(pattern => new Regex(pattern)).ToList();

        Assert.DoesNotContain(
            keys, key => !source.Contains($"\"{key}\"", StringComparison.Ordinal) && !patterns.Exists(pattern => pattern.IsMatch(key)));
        Assert.Empty(Asked().Matches(source).Select(match => match.Groups["key"].Value).Except(keys).Order());
    }

    [Theory]
    [InlineData(null, "en")]
    [InlineData("es", "es")]
    [InlineData("es-MX,es;q=0.9,en;q=0.8", "es")]
    [InlineData("fr-FR,fr;q=0.9", "en")]
    [InlineData("fr, es;q=0.5, en;q=0.4", "es")]
    [InlineData("en;q=0.1, ES;q=0.2", "es")]
    [InlineData("es;q=0, en", "en")]
    [InlineData("*", "en")]
    [InlineData("\u0001;;q=x,,", "en")]
    [InlineData("\u0001;;q=x, es ;q=0.3", "es")]
    public void A_browser_gets_the_language_that_it_would_rather_have(string? header, string expected)
    {
        Assert.Equal(expected, LanguageCatalogue.Choose(header, LanguageCatalogue.Original).Code);
    }

    [Theory]
    [InlineData(null, "es")]
    [InlineData("*", "es")]
    [InlineData("fr-FR,fr;q=0.9", "es")]
    [InlineData("fr, en;q=0.1", "en")]
    public void A_browser_that_asks_for_none_that_is_here_gets_the_one_that_stands_in(string? header, string expected) =>
        Assert.Equal(expected, LanguageCatalogue.Choose(header, LanguageCatalogue.Find("es")!).Code);

    [Theory]
    [InlineData("""{"language":{"name":"X","culture":"xx-no-such-place-here"}}""")]
    [InlineData("""{"language":{"name":"X"}}""")]
    [InlineData("""{"language":{"name":"X","culture":5}}""")]
    [InlineData("""["x"]""")]
    [InlineData("{")]
    public void A_file_that_cannot_be_used_is_refused_by_its_name(string file)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => Language.Read("zz", new MemoryStream(Encoding.UTF8.GetBytes(file))));
        Assert.Contains("zz", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_a_language_lacks_is_shown_in_the_default_language()
    {
        var language = Language.Read(
            "ca", new MemoryStream("""{"language":{"name":"Català","culture":"ca-ES"},"area":{"whole":"Tot el barri"}}"""u8.ToArray()));
        Assert.Equal("Tot el barri", language["area.whole"]);
        Assert.Equal("north", language["direction.north"]);
    }

    static Language Find(string code) => LanguageCatalogue.All.Single(language => language.Code == code);

    /// <summary>The rooms whose sources name texts.</summary>
    static IEnumerable<string> RoomsWithPages()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CivicSense.sln"))) folder = folder.Parent;
        return ((string[])["Commons", "OpenData", "Stewardship", "Node"])
            .Select(room => Path.Combine(folder!.FullName, "src", $"CivicSense.{room}"));
    }

    /// <summary>What a key that is put together at run time can be.</summary>
    static string Pattern(string composed) => "^" + string.Join("[\\w-]+", Hole().Split(composed).Select(Regex.Escape)) + "$";

    [GeneratedRegex("\"[a-zA-Z]+\\.[\\w.-]*(\\{[^{}\"]+\\}[\\w.-]*)+\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Composed();

    [GeneratedRegex("\\{[^{}]+\\}")]
    private static partial Regex Hole();

    [GeneratedRegex("(words|Words|this)(\\[|\\.Text\\(|\\.Markup\\(|\\.Draw\\()\\s*\"(?<key>[^\"{}]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Asked();
}
