using System.Globalization;

namespace CivicSense.OpenData.Tests;

public sealed class TemplateMarkupTests
{
    static readonly CultureInfo Spanish = CultureInfo.GetCultureInfo("es-ES");

    [Fact]
    public void Values_are_encoded_and_what_the_text_says_about_importance_and_links_is_marked_up()
    {
        var html = TemplateMarkup.Draw("**Very {x}** & [go {x}](there)", Spanish, [("x", "<b>"), ("there", "/a?b=\"c\"&d")]).ToString();
        Assert.Equal("<strong>Very &lt;b&gt;</strong> &amp; <a href=\"/a?b=&quot;c&quot;&amp;d\">go &lt;b&gt;</a>", html);
    }

    [Fact]
    public void Values_that_are_markup_stay_markup() =>
        Assert.Equal("<i>1</i>!", TemplateMarkup.Draw("{x}!", Spanish, [("x", new Html().Append($"<i>{1}</i>"))]).ToString());
}
