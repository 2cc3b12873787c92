using System.Collections.Immutable;

namespace CivicSense.Commons.Tests;

public sealed class NoticeTests
{
    static readonly Language English = LanguageCatalogue.Original;
    static readonly Language Spanish = LanguageCatalogue.Find("es")!;

    static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public void A_page_has_the_notice_in_its_own_language()
    {
        var notice = new Notice { Texts = None.Add("en", "We measure.").Add("es", "Medimos.") };
        Assert.Equal(("We measure.", "en"), notice.For(English, Spanish));
        Assert.Equal(("Medimos.", "es"), notice.For(Spanish, Spanish));
    }

    [Fact]
    public void A_notice_without_a_language_is_in_that_of_the_node() =>
        Assert.Equal(("Medimos.", "es"), Notice.Of("Medimos.").For(English, Spanish));

    [Fact]
    public void A_page_whose_language_the_notice_lacks_has_it_in_that_of_the_node_or_in_another()
    {
        Assert.Equal(("Medimos.", "es"), new Notice { Texts = None.Add("es", "Medimos.") }.For(English, Spanish));
        Assert.Equal(("Medimos.", "es"), new Notice { Texts = None.Add("es", "Medimos.") }.For(English, English));
    }

    [Fact]
    public void An_empty_notice_is_none()
    {
        Assert.Null(Notice.Of(" ").For(English, English));
        Assert.Null(new Notice { Texts = None }.For(English, English));
    }

    [Theory]
    [InlineData("demo.simulated")]
    [InlineData("demo.replayed")]
    public void A_notice_of_the_program_is_there_in_every_language(string key)
    {
        var notice = Notice.OfProgram(key);
        foreach (var language in LanguageCatalogue.All)
            Assert.Equal((language[key], language.Code), notice.For(language, English));
        Assert.NotEqual(notice.For(English, English), notice.For(Spanish, English));
    }
}
