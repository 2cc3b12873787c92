using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Tests;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>axe-core's rules for WCAG 2.2 at level AA, on every page.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class AccessibilityTests(FinishedDemo demo, PublicBrowser browser)
{
    const string Run = """
        async () => {
          const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
          return result.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
        }
        """;

    [Theory]
    [InlineData(320, ColorScheme.Light, true)]
    [InlineData(320, ColorScheme.Dark, true)]
    [InlineData(1440, ColorScheme.Light, true)]
    [InlineData(1440, ColorScheme.Dark, true)]
    [InlineData(320, ColorScheme.Light, false)]
    [InlineData(320, ColorScheme.Dark, false)]
    [InlineData(1440, ColorScheme.Light, false)]
    [InlineData(1440, ColorScheme.Dark, false)]
    public async Task Nothing_stands_in_anybodys_way(int width, ColorScheme scheme, bool withScripts)
    {
        var axe = Path.Combine(NodePackages.Find("axe-core"), "axe.min.js");
        var node = await demo.NodeAsync();
        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = scheme,
        });
        await context.AddInitScriptAsync(scriptPath: axe);
        // axe is a script itself, so it is the pages' own that are kept away.
        if (!withScripts) await context.RouteAsync("**/assets/*.js*", route => route.AbortAsync());
        var page = await context.NewPageAsync();
        var found = new List<string>();
        foreach (var path in await PublicBrowser.PathsAsync(node))
        {
            foreach (var language in (string[])["/en", "/es"])
            {
                await page.GotoAsync(new Uri(node.Address, language + path).AbsoluteUri);
                if (withScripts && await page.Locator("figure[data-map]").CountAsync() > 0
                    && await page.Locator("script[src*=leaflet]").CountAsync() > 0)
                    await page.Locator(".live-map path[role=button]").First.WaitForAsync();
                found.AddRange((await page.EvaluateAsync<string[]>(Run)).Select(violation => $"{language}{path}: {violation}"));
            }
        }
        Assert.Empty(found);
    }
}
