using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

public sealed class DatasetServingTests : IAsyncLifetime
{
    const string Path = "measurements/quantity=pm2_5/year=2026/month=10/part-0.parquet";
    const string Address = "/datasets/" + Path;

    readonly ScratchFolder folder = new();

    Archive archive = null!;
    PublicNode node = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    byte[] Content => File.ReadAllBytes(folder.File(Path));

    public async ValueTask InitializeAsync()
    {
        archive = await Archive.WriteAsync(folder.Path);
        node = await PublicNode.StartAsync(archive.Commons, options => options.DatasetFolder = folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_served_as_it_is_and_for_ever()
    {
        using var response = await node.GetAsync(Address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal(Content, body);
        Assert.Equal("application/vnd.apache.parquet", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"", response.Headers.ETag!.Tag);
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal("measurements-pm2_5-2026-10.parquet", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Content-Range", response.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes=0-3", 0, 4)]
    [InlineData("bytes=4-9", 4, 6)]
    [InlineData("bytes=-4", -4, 4)]
    public async Task A_range_is_served_alone(string range, int from, int length)
    {
        using var response = await node.GetAsync(Address, ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        var begin = from < 0 ? Content.Length + from : from;
        Assert.Equal(Content.AsSpan(begin, length).ToArray(), await response.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"bytes {begin}-{begin + length - 1}/{Content.Length}"),
            response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_416()
    {
        using var response = await node.GetAsync(Address, ("Range", "bytes=99999999-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
    }

    [Fact]
    public async Task A_range_of_another_version_gets_the_whole_file()
    {
        using var first = await node.SendAsync(HttpMethod.Head, Address);
        Assert.Equal(Content.Length, first.Content.Headers.ContentLength);
        using var same = await node.GetAsync(Address, ("Range", "bytes=0-3"), ("If-Range", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.PartialContent, same.StatusCode);
        using var other = await node.GetAsync(Address, ("Range", "bytes=0-3"), ("If-Range", "\"another\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var held = await node.GetAsync(Address, ("If-None-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, held.StatusCode);
    }

    [Theory]
    [InlineData("/datasets/../FakeCommons.cs")]
    [InlineData("/datasets/..%2f..%2fetc%2fpasswd")]
    [InlineData("/datasets/measurements/..%2fmeasurements%2fmanifest.json")]
    [InlineData("/datasets//etc/passwd")]
    [InlineData("/datasets/measurements/.unfinished/0")]
    [InlineData("/datasets/measurements/manifest.json.new")]
    [InlineData("/datasets/measurements/quantity=pm2_5/year=2026/month=10/")]
    [InlineData("/datasets/measurements/quantity=PM2_5/year=2026/month=10/part-0.parquet")]
    [InlineData("/datasets/measurements%5cmanifest.json")]
    [InlineData("/datasets/stray.txt")]
    public async Task What_the_catalogue_does_not_name_is_not_there(string address)
    {
        await File.WriteAllTextAsync(folder.File("stray.txt"), "private", Cancelled);
        using var response = await node.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_file_that_has_been_lost_is_a_problem_of_the_node()
    {
        File.Delete(folder.File(Path));
        using var response = await node.GetAsync(Address);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task Hashes_are_checked_with_sha256sum()
    {
        var sums = folder.File("measurements/downloaded");
        await File.WriteAllBytesAsync(sums, await node.Client.GetByteArrayAsync("/datasets/measurements/SHA256SUMS", Cancelled), Cancelled);
        if (OperatingSystem.IsWindows())
            Assert.Skip("sha256sum is a program of Unix");
        using var check = Process.Start(new ProcessStartInfo("sha256sum", ["--check", "--strict", sums])
        {
            WorkingDirectory = folder.File("measurements"),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var said = await check.StandardOutput.ReadToEndAsync(Cancelled);
        await check.WaitForExitAsync(Cancelled);
        Assert.Equal(0, check.ExitCode);
        Assert.Equal(6, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_list_has_every_file_with_its_hash()
    {
        var rows = await node.GetCsvAsync("/api/v1/datasets?limit=10000");
        Assert.Equal(6 + 6 + 9, rows.Count - 1);
        var file = Assert.Single(rows, row => row[5] == Address);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Content)), file[8]);
        Assert.Equal("579", file[6]);

        var paged = new List<string>();
        var next = "/api/v1/datasets?limit=4";
        while (next is not null)
        {
            var page = await node.GetJsonAsync(next);
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("address").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        Assert.Equal(rows.Skip(1).Select(row => row[5]), paged);
    }

    [Fact]
    public async Task A_reader_fetches_only_the_column_it_needs()
    {
        var read = JsonDocument.Parse(
            await NodeScript.RunAsync("fetch.mjs", new Uri(node.Client.BaseAddress!, Address).AbsoluteUri, "ledger_sequence")).RootElement;
        var expected = archive.ReadCsv(Path.Replace(".parquet", ".csv.gz", StringComparison.Ordinal))
            .Skip(1).Sum(row => long.Parse(row[13], CultureInfo.InvariantCulture));
        Assert.Equal(579, read.GetProperty("rows").GetInt32());
        Assert.Equal(expected, read.GetProperty("sum").GetInt64());
        Assert.True(read.GetProperty("requests").GetInt32() >= 1);
        Assert.Equal(Content.Length, read.GetProperty("length").GetInt32());
    }

    [Fact]
    public async Task The_page_links_every_file_and_is_short()
    {
        using var response = await node.GetAsync("/datasets", ("Accept", "text/html"));
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains($"href=\"{Address}\"", page, StringComparison.Ordinal);
        Assert.True(page.Length < 50_000, $"{page.Length} characters");
        Assert.Contains("aria-current=\"page\">Downloads", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_new_node_says_that_there_is_nothing_yet()
    {
        await using var empty = await PublicNode.StartAsync(FakeCommons.Empty());
        Assert.Contains("no whole month yet", await empty.Client.GetStringAsync("/datasets", Cancelled), StringComparison.Ordinal);
        Assert.Empty((await empty.GetJsonAsync("/api/v1/datasets")).GetProperty("items").EnumerateArray());
    }
}
