using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>A real browser, and the pages that every test of it walks through.</summary>
sealed class PublicBrowser : IAsyncDisposable
{
    static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    readonly IPlaywright playwright;

    PublicBrowser(IPlaywright playwright, IBrowser browser) => (this.playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Starts a browser; the test is skipped where there is none.</summary>
    public static async Task<PublicBrowser> StartAsync()
    {
        var program = Surroundings.RequireProgram("chromium");
        var driver = await Playwright.CreateAsync();
        return new PublicBrowser(driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program, Args = Arguments, Headless = true,
        }));
    }

    /// <summary>The addresses of one page of each kind, without a language.</summary>
    public static async Task<IReadOnlyList<string>> PathsAsync(NodeProcess node)
    {
        var areas = await AreasAsync(node);
        var (whole, part) = (areas[0], areas[^1]);
        return
        [
            "/", "/areas", "/areas?place=0.5,%200.5", $"/areas/{part}?quantity=pm2_5", $"/areas/{whole}?quantity=laeq",
            $"/areas/{part}/week",
            $"/areas/{part}/week?from=1999-01-01", $"/compare?area={whole}&area={part}&quantity=pm2_5&resolution=hour", "/downloads",
            "/about", "/ledger",
            "/api", "/datasets", "/areas/nowhere",
        ];
    }

    /// <summary>The quadkeys of all areas, the whole neighbourhood first.</summary>
    public static async Task<IReadOnlyList<string>> AreasAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        using var areas =
            JsonDocument.Parse(await http.GetStringAsync(new Uri(node.Address, "api/v1/areas"), TestContext.Current.CancellationToken));
        return [.. areas.RootElement.GetProperty("items").EnumerateArray().Select(area => area.GetProperty("area").GetString()!)];
    }

    /// <summary>Skips the test where the program was built without Node.js.</summary>
    public static async Task RequireMapAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        if (!(await http.GetStringAsync(node.Address, TestContext.Current.CancellationToken))
            .Contains("/assets/leaflet.js", StringComparison.Ordinal))
            Assert.Skip("the program was built without Node.js, so its pages have no map that can be moved");
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
    }
}
