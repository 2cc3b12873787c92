using System.IO.Compression;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.EndToEnd.Tests.Public;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>Everything public as one file, from a node that is running.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class ExportTests(FinishedDemo demo, PublicBrowser browser) : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_running_node_is_exported_and_the_archive_opens_from_a_folder_without_scripts()
    {
        await demo.NodeAsync();
        var zip = folder.File("neighbourhood.zip");
        var result = await CommandResult.SucceedsAsync("export", "--zip", zip, "--config", demo.Configuration);
        Assert.Equal([zip], Directory.EnumerateFiles(folder.Path));
        var extracted = folder.File("opened");
        await ZipFile.ExtractToDirectoryAsync(zip, extracted, TestContext.Current.CancellationToken);
        foreach (var file in (string[])["ledger/ledger.ndjson", "tables/activity.csv.gz", "tables/areas.csv.gz",
            "recent/measurements-pm2_5.csv.gz", "recent/estimates-hour-pm2_5.csv.gz"])
            Assert.True(File.Exists(Path.Combine(extracted, file)), file);

        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = false, Offline = true, ViewportSize = new ViewportSize { Width = 320, Height = 900 },
        });
        var page = await context.NewPageAsync();
        var failed = new List<string>();
        page.RequestFailed += (_, request) => failed.Add(request.Url);
        foreach (var name in (string[])["index.html", "index.es.html"])
        {
            await page.GotoAsync(new Uri(Path.Combine(extracted, name)).AbsoluteUri);
            Assert.True(await page.Locator("h1").IsVisibleAsync());
            var links = await page.Locator("main a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)");
            Assert.True(links.Length > 10);
            Assert.All(links.Where(link => link.StartsWith("file:", StringComparison.Ordinal)), link =>
                Assert.True(File.Exists(new Uri(link).LocalPath), link));
            Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, 320);
        }
        Assert.Empty(failed);
    }
}
