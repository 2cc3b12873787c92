using System.Globalization;

namespace CivicSense.OpenData.Tests;

public sealed class TemplateTests
{
    static readonly CultureInfo Spanish = CultureInfo.GetCultureInfo("es-ES");

    [Fact]
    public void Holes_are_filled_and_numbers_are_written_as_the_language_does()
    {
        Assert.Equal("a 1,5 {b", Template.Fill("a {x} {b", Spanish, [("x", 1.5)]));
        Assert.Equal("x", Template.Fill("x", Spanish, []));
    }

    [Fact]
    public void Values_are_encoded_and_what_the_text_says_about_importance_and_links_is_marked_up()
    {
        var html = Template.Draw("**Very {x}** & [go {x}](there)", Spanish, [("x", "<b>"), ("there", "/a?b=\"c\"&d")]).ToString();
        Assert.Equal("<strong>Very &lt;b&gt;</strong> &amp; <a href=\"/a?b=&quot;c&quot;&amp;d\">go &lt;b&gt;</a>", html);
    }

    [Fact]
    public void Values_that_are_markup_stay_markup() =>
        Assert.Equal("<i>1</i>!", Template.Draw("{x}!", Spanish, [("x", new Html().Append($"<i>{1}</i>"))]).ToString());

    [Fact]
    public void Values_are_not_read_as_texts() =>
        Assert.Equal("{y}", Template.Fill("{x}", Spanish, [("x", "{y}"), ("y", "no")]));

    [Fact]
    public void A_hole_without_a_value_is_an_error() =>
        Assert.Throws<KeyNotFoundException>(() => Template.Fill("{x}", Spanish, [("y", 1)]));

    [Fact]
    public void Names_are_those_of_values_and_of_addresses() =>
        Assert.Equal(["@there", "x", "y"], Template.Names("{x} **{y}** [go {x}](there)"));
}
