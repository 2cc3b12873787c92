using System.Net;
using CivicSense.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>The pages of a finished demo in a real browser.</summary>
[Collection(ProcessCollection.Name)]
public sealed class BrowserTests(FinishedDemo demo)
{
    static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [Theory]
    [InlineData(1280, true)]
    [InlineData(360, true)]
    [InlineData(360, false)]
    public async Task The_pages_say_what_they_have_to_say_at_every_width_with_and_without_scripts(int width, bool javaScript)
    {
        var node = await demo.NodeAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 }, JavaScriptEnabled = javaScript,
        });
        var page = await context.NewPageAsync();
        var requests = new List<string>();
        var complaints = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);

        foreach (var path in await PathsAsync(node))
        {
            var answer = await page.GotoAsync(new Uri(node.Address, path).AbsoluteUri);
            Assert.Equal(200, answer!.Status);
            // The documents' own width, scroll bars of inner boxes aside.
            if (javaScript)
                Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        }

        await page.GotoAsync(node.Address.AbsoluteUri);
        Assert.Contains("Test neighbourhood", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Contains("Test neighbourhood", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        // A value and its interval. The hour's own may be too uncertain to be shown, depending on the noise; a day of all is not.
        Assert.Matches(@"\d+(\.\d+)?\s*(to|–|and)\s*\d+(\.\d+)? ?(µg/m³|dB|°C)", await page.Locator("main").InnerTextAsync());
        Assert.True(await page.Locator("main svg").CountAsync() >= 2, "A map and a chart.");
        foreach (var drawing in await page.Locator("main svg").AllAsync())
            Assert.True(await drawing.IsVisibleAsync());

        Assert.All(requests, request => Assert.Equal(node.Address.Authority, new Uri(request).Authority));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Every_link_leads_somewhere()
    {
        var node = await demo.NodeAsync();
        using var face = new PublicFace(node);
        await face.FollowAsync("/");
        Assert.True(face.Answers.Count > 10, "The home page has links.");
        Assert.DoesNotContain(face.Answers, answer => answer.Value.Status != HttpStatusCode.OK);
        // The licence of the data is the only thing that is elsewhere.
        Assert.All(face.Elsewhere, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
    }

    static async Task<List<string>> PathsAsync(NodeProcess node)
    {
        using var face = new PublicFace(node);
        await face.FollowAsync("/");
        return [.. face.Answers.Where(answer => answer.Value.Text.Contains("<!DOCTYPE html>", StringComparison.Ordinal)).Select(answer => answer.Key).Take(8)];
    }

    static async Task<IBrowser> LaunchAsync(IPlaywright playwright) => await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Surroundings.RequireProgram("chromium"), Args = Arguments, Headless = true,
    });
}
