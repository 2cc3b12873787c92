using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class OfflineArchiveTests : IDisposable
{
    readonly ScratchFolder folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_link_of_the_page_leads_to_a_file_of_the_archive()
    {
        using var zip = await WriteAsync(FakeCommons.Archived());
        var page = Read(zip, "index.html");
        var links = page.Split("href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]).ToList();
        Assert.True(links.Count > 30);
        Assert.All(links, link => Assert.NotNull(zip.GetEntry(System.Net.WebUtility.HtmlDecode(link))));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_can_be_checked_line_by_line()
    {
        var commons = FakeCommons.Archived();
        using var zip = await WriteAsync(commons);
        var lines = Read(zip, "ledger/ledger.ndjson").Split('\n')[..^1];
        Assert.Equal(commons.Ledger.Select(entry => entry.Hash), lines.Select(Sha256));
        var plan = commons.Ledger[0].Content;
        Assert.Equal(plan.PlanHash, Sha256(Read(zip, $"ledger/plans/{plan.Day}.json")));
    }

    [Fact]
    public async Task Every_measurement_is_in_a_final_month_or_recent()
    {
        var commons = FakeCommons.Archived();
        using var zip = await WriteAsync(commons);
        var rows = 0;
        foreach (var entry in zip.Entries.Where(entry =>
            entry.Name.EndsWith(".csv.gz", StringComparison.Ordinal) && entry.FullName.Contains("measurements", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(new GZipStream(entry.Open(), CompressionMode.Decompress));
            rows += (await text.ReadToEndAsync(Cancelled)).Split("\r\n").Length - 2;
        }
        Assert.Equal(commons.Measurements.Count, rows);
    }

    [Fact]
    public async Task What_is_in_no_month_is_a_table_with_the_columns_of_the_API()
    {
        var commons = FakeCommons.Filled();
        using var zip = await WriteAsync(commons);
        await using var node = await PublicNode.StartAsync(commons);

        Assert.Equal(await RowsAsync("/api/v1/model?format=csv&limit=10000"), Table("tables/model.csv.gz"));
        Assert.Equal(await RowsAsync("/api/v1/areas?format=csv"), Table("tables/areas.csv.gz"));
        Assert.Equal(await RowsAsync("/api/v1/quantities?format=csv"), Table("tables/quantities.csv.gz"));
        Assert.Equal(await RowsAsync("/api/v1/activity?format=csv&from=2026-11-01&to=2026-12-01&limit=10000"),
            Table("tables/activity.csv.gz"));
        Assert.Equal(await RowsAsync("/api/v1/references?format=csv&from=2026-11-01&to=2026-12-01&limit=10000"),
            Table("tables/references.csv.gz"));
        foreach (var resolution in ResolutionName.All)
        {
            var expected = new List<string>();
            foreach (var key in commons.Tree.Nodes.Select(area => AreaKey.Write(area.Area)))
                expected.AddRange(
                    (await RowsAsync(
                    $"/api/v1/areas/{key}/estimates?quantity=pm2_5&resolution={resolution}&from=2026-09-01&to=2026-12-01&format=csv&limit=10000")).Skip(1));
            Assert.NotEmpty(expected);
            var place = resolution is "hour" or "day" ? "recent" : "tables";
            Assert.Equal(expected, Table($"{place}/estimates-{resolution}-pm2_5.csv.gz").Skip(1));
        }

        async Task<string[]> RowsAsync(string path) =>
            (await node.Client.GetStringAsync(path, Cancelled)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        string[] Table(string path) => ReadTable(zip, path);
    }

    [Fact]
    public async Task What_was_published_and_has_been_replaced_is_a_table_of_its_own()
    {
        var commons = FakeCommons.Filled();
        using var zip = await WriteAsync(commons);
        await using var node = await PublicNode.StartAsync(commons);
        var expected = new List<string>();
        foreach (var key in commons.Tree.Nodes.Select(area => AreaKey.Write(area.Area)))
        {
            var revisions = await node.GetCsvAsync(
                $"/api/v1/areas/{key}/estimates/revisions?quantity=pm2_5&from=2026-09-01&to=2026-12-01&limit=10000");
            if (expected.Count == 0) expected.Add(string.Join(',', revisions[0]));
            // The newest of each has no end; it is among the estimates.
            expected.AddRange(revisions.Skip(1).Where(row => row[^1].Length > 0).Select(row => string.Join(',', row)));
        }
        Assert.True(expected.Count > 100);

        Assert.Equal(expected, ReadTable(zip, "tables/revisions-hour-pm2_5.csv.gz"));
        Assert.Contains("tables/revisions-hour-pm2_5.csv.gz", Read(zip, "index.html"), StringComparison.Ordinal);
        Assert.Contains("published_until", Read(zip, "index.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_there_in_every_language_and_the_steward_s_comes_first()
    {
        using var zip = await WriteAsync(FakeCommons.Archived(), "es");
        Assert.Contains("<html lang=\"es\">", Read(zip, "index.html"), StringComparison.Ordinal);
        Assert.Empty(CivicSense.Tests.LeftoverEnglish.In(Read(zip, "index.html")));
        Assert.Contains("<html lang=\"en\">", Read(zip, "index.en.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_has_published_nothing_has_an_archive_that_says_so()
    {
        using var zip = await WriteAsync(FakeCommons.Empty());
        Assert.Equal("", Read(zip, "ledger/ledger.ndjson"));
        Assert.NotNull(zip.GetEntry("index.html"));
        Assert.DoesNotContain(zip.Entries, entry => entry.FullName.StartsWith("recent/", StringComparison.Ordinal));
    }

    async Task<ZipArchive> WriteAsync(FakeCommons commons, string language = "en")
    {
        var archive = await Archive.WriteAsync(folder.Path, commons);
        var content = new MemoryStream();
        var options = new OpenDataOptions { NeighbourhoodName = "Old <Harbour>", TimeZone = FakeCommons.Zone.Id,
            DatasetFolder = archive.Folder, Language = language };
        await OfflineArchive.WriteAsync(content, commons, options, null, Cancelled);
        return new ZipArchive(content, ZipArchiveMode.Read);
    }

    static string[] ReadTable(ZipArchive zip, string path)
    {
        using var text = new StreamReader(new GZipStream(zip.GetEntry(path)!.Open(), CompressionMode.Decompress));
        return text.ReadToEnd().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    static string Read(ZipArchive zip, string path)
    {
        using var text = new StreamReader(zip.GetEntry(path)!.Open());
        return text.ReadToEnd();
    }

    static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
