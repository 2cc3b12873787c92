using System.Net;
using CivicSense.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>The pages of a finished demo in a real browser.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class BrowserTests(FinishedDemo demo, PublicBrowser browser)
{
    [Theory]
    [InlineData(1440, true)]
    [InlineData(320, true)]
    [InlineData(320, false)]
    public async Task The_pages_say_what_they_have_to_say_at_every_width_with_and_without_scripts(int width, bool javaScript)
    {
        var node = await demo.NodeAsync();
        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 }, JavaScriptEnabled = javaScript, Locale = "en-GB",
        });
        var page = await context.NewPageAsync();
        var requests = new List<string>();
        var complaints = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        page.PageError += (_, error) => complaints.Add(error);

        foreach (var path in await PublicBrowser.PathsAsync(node))
        {
            foreach (var language in (string[])["", "/en", "/es"])
            {
                var answer = await page.GotoAsync(new Uri(node.Address, language + path).AbsoluteUri);
                Assert.Equal(path.EndsWith("nowhere", StringComparison.Ordinal) ? 404 : 200, answer!.Status);
                // The documents' own width, scroll bars of inner boxes aside.
                if (javaScript)
                    Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
            }
        }

        page.Console += (_, message) => complaints.Add(message.Text);
        await page.GotoAsync(node.Address.AbsoluteUri);
        Assert.Contains("Test neighbourhood", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Contains("Test neighbourhood", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        // A value and its interval. The hour's own may be too uncertain to be shown, depending on the noise; a day of all is not.
        Assert.Matches(@"\d+(\.\d+)?\s*(to|–|and)\s*\d+(\.\d+)? ?(µg/m³|dB|°C)", await page.Locator("main").InnerTextAsync());
        Assert.True(await page.Locator("main svg").CountAsync() >= 2, "A map and a chart.");
        foreach (var drawing in await page.Locator("main svg").AllAsync())
            Assert.True(await drawing.IsVisibleAsync());

        Assert.All(requests, request => Assert.Equal(node.Address.Authority, new Uri(request).Authority));
        Assert.Empty(await context.CookiesAsync());
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task How_the_air_was_in_my_street_last_week_and_how_sure_that_is_takes_three_clicks(bool javaScript)
    {
        var node = await demo.NodeAsync();
        await using var context =
            await browser.OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = javaScript, Locale = "es-ES" });
        var page = await context.NewPageAsync();
        await page.GotoAsync(node.Address.AbsoluteUri);

        await page.FillAsync("#place", "A");
        await page.ClickAsync("form.find button:not([type=button])");
        Assert.Contains("Zona A", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        await page.ClickAsync("text=La última semana en una hoja, para imprimir");

        Assert.Matches(@"\d+(,\d)? \(\d+(,\d)? a \d+(,\d)?\)", await page.Locator("main table").First.InnerTextAsync());
        Assert.Contains("95 de cada 100", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/en")]
    [InlineData("/es")]
    public async Task The_weekly_sheet_prints_on_one_page(string language)
    {
        var node = await demo.NodeAsync();
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var context = await browser.OpenAsync(new BrowserNewContextOptions { ColorScheme = scheme });
            var page = await context.NewPageAsync();
            var areas = await PublicBrowser.AreasAsync(node);
            foreach (var area in (string[])[areas[0], areas[^1]])
            {
                await page.GotoAsync(new Uri(node.Address, $"{language}/areas/{area}/week").AbsoluteUri);
                Assert.True(await page.Locator("main svg.chart").CountAsync() > 0, "There is something on the sheet.");
                var pdf = System.Text.Encoding.Latin1.GetString(
                    await page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true, PrintBackground = true }));
                Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(pdf, @"/Type\s*/Page\b"));
                // A4 in points.
                Assert.Matches(@"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", pdf);
            }
        }
    }

    [Fact]
    public async Task Every_link_leads_somewhere()
    {
        var node = await demo.NodeAsync();
        using var face = new PublicFace(node);
        await face.FollowAsync("/");
        Assert.True(face.Answers.Count > 10, "The home page has links.");
        Assert.DoesNotContain(face.Answers, answer => answer.Value.Status is not (HttpStatusCode.OK or HttpStatusCode.SeeOther));
        // The licence of the data is the only thing that is elsewhere.
        Assert.All(face.Elsewhere, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
    }
}
