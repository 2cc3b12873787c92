using System.Globalization;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

/// <summary>DuckDB, in a browser, reads the files where they are.</summary>
public sealed class DuckDbOverHttpTests
{
    const string Path = "measurements/quantity=pm2_5/year=2026/month=10/part-0.parquet";

    [Fact]
    public async Task DuckDB_in_a_page_of_another_origin_fetches_parts_of_a_file_and_never_the_whole()
    {
        var chromium = Chromium();
        using var folder = new ScratchFolder();
        var archive = await Archive.WriteAsync(folder.Path, FakeCommons.Since("2026-10-01"));
        await using var node = await PublicNode.StartAsync(archive.Commons, options => options.DatasetFolder = folder.Path);
        var address = new Uri(node.Client.BaseAddress!, "/datasets/" + Path).AbsoluteUri;

        var said = await NodeScript.RunAsync(
            "browse.mjs", chromium, address, $"SELECT count(*)::INT, sum(ledger_sequence)::BIGINT FROM read_parquet('{address}')");

        var answer = JsonDocument.Parse(said).RootElement;
        var expected = archive.ReadCsv(Path.Replace(".parquet", ".csv.gz", StringComparison.Ordinal)).Skip(1).ToList();
        string[] row = [.. answer.GetProperty("rows")[0].EnumerateArray().Select(value => value.GetString()!)];
        Assert.Equal(expected.Count.ToString(CultureInfo.InvariantCulture), row[0]);
        Assert.Equal(expected.Sum(line => long.Parse(line[13], CultureInfo.InvariantCulture)).ToString(
            CultureInfo.InvariantCulture), row[1]);

        var fetched = answer.GetProperty("requests")
            .EnumerateArray().Where(request => request.GetProperty("method").GetString() == "GET").ToList();
        Assert.NotEmpty(fetched);
        Assert.All(fetched, request => Assert.Equal(206, request.GetProperty("status").GetInt32()));
        // DuckDB reads 16 KiB at a time; one column of fourteen is less than that.
        Assert.InRange(fetched.Sum(request => request.GetProperty("length").GetInt64()), 1, new FileInfo(folder.File(Path)).Length - 1);
    }

    static string Chromium()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .Select(folder => System.IO.Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "chromium is not installed.");
        return path!;
    }
}
