using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using CivicSense.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>
/// A real browser, started when it is first needed, and the pages that every test of it walks through. What tests share is the program:
/// each opens a context of its own, with its own cache, cookies and permissions.
/// </summary>
public sealed class PublicBrowser : IAsyncDisposable
{
    static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    readonly SemaphoreSlim gate = new(1);
    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>Opens a context that nobody else uses; the test is skipped where there is no browser.</summary>
    internal async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null)
    {
        await gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (browser is not { IsConnected: true })
                await StartAsync();
            return await browser!.NewContextAsync(options);
        }
        finally
        {
            gate.Release();
        }
    }

    async Task StartAsync()
    {
        var program = Surroundings.RequireProgram("chromium");
        playwright ??= await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program, Args = Arguments, Headless = true,
        });
    }

    /// <summary>The addresses of one page of each kind, without a language.</summary>
    internal static async Task<IReadOnlyList<string>> PathsAsync(NodeProcess node)
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
    internal static async Task<IReadOnlyList<string>> AreasAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        using var areas =
            JsonDocument.Parse(await http.GetStringAsync(new Uri(node.Address, "api/v1/areas"), TestContext.Current.CancellationToken));
        return [.. areas.RootElement.GetProperty("items").EnumerateArray().Select(area => area.GetProperty("area").GetString()!)];
    }

    /// <summary>Waits until the page is at an address that matches.</summary>
    /// <remarks>
    /// The client's own wait for an address may miss the event that it waits for (Playwright for .NET, issue 3364); an assertion asks the
    /// browser again.
    /// </remarks>
    internal static Task RequireAddressAsync(IPage page, [StringSyntax(StringSyntaxAttribute.Regex)] string pattern) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern), new PageAssertionsToHaveURLOptions { Timeout = 30_000 });

    /// <summary>Skips the test where the program was built without Node.js.</summary>
    internal static async Task RequireMapAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        if (!(await http.GetStringAsync(node.Address, TestContext.Current.CancellationToken))
            .Contains("/assets/leaflet.js", StringComparison.Ordinal))
            Assert.Skip("the program was built without Node.js, so its pages have no map that can be moved");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        gate.Dispose();
    }
}
