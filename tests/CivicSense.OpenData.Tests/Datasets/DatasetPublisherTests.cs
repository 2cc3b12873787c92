using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.OpenData.Tests;

public sealed class DatasetPublisherTests : IDisposable
{
    const string MeasuredPm25 = "measurements/quantity=pm2_5/year=2026/month=10/part-0";
    const string HourlyPm25 = "estimates/resolution=hour/quantity=pm2_5/year=2026/month=10/part-0";
    const string DailyPm25 = "estimates/resolution=day/quantity=pm2_5/year=2026/month=10/part-0";

    readonly ScratchFolder folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_final_month_is_written_in_files_by_quantity()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        Assert.Equal(
            [
                "estimates/SHA256SUMS", "estimates/manifest.json",
                "estimates/resolution=day/quantity=laeq/year=2026/month=10/part-0.csv.gz",
                "estimates/resolution=day/quantity=laeq/year=2026/month=10/part-0.geojson.gz",
                "estimates/resolution=day/quantity=laeq/year=2026/month=10/part-0.parquet",
                DailyPm25 + ".csv.gz", DailyPm25 + ".geojson.gz", DailyPm25 + ".parquet",
            ],
            archive.Files.Where(path => !path.Contains("temperature", StringComparison.Ordinal)).Take(8));
        Assert.Contains(HourlyPm25 + ".parquet", archive.Files);
        Assert.Contains(MeasuredPm25 + ".parquet", archive.Files);
        Assert.Contains("measurements/quantity=temperature/year=2026/month=10/part-0.csv.gz", archive.Files);
        Assert.DoesNotContain(archive.Files, path => path.Contains("month=11", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_month_that_has_not_ended_is_not_written()
    {
        var archive = await Archive.WriteAsync(folder.Path, FakeCommons.Filled());
        Assert.Empty(archive.Files);
    }

    [Fact]
    public async Task Before_the_first_release_nothing_is_written()
    {
        Assert.Empty((await Archive.WriteAsync(folder.Path, FakeCommons.Empty())).Files);
        Assert.Empty((await Archive.WriteAsync(folder.Path, FakeCommons.Planned())).Files);
    }

    [Fact]
    public async Task A_month_is_written_once()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var restarted = new Archive(folder.Path, archive.Commons);
        restarted.Catalogue.Load();
        Assert.Equal(0, await restarted.Publisher.WriteDueAsync(Cancelled));
        Assert.Equal(archive.Catalogue.WriteSums(DatasetInfo.Estimates), restarted.Catalogue.WriteSums(DatasetInfo.Estimates));
    }

    [Fact]
    public async Task Two_nodes_with_the_same_data_write_the_same_bytes()
    {
        using var other = new ScratchFolder();
        var first = await Archive.WriteAsync(folder.Path);
        var second = await Archive.WriteAsync(other.Path);
        Assert.Equal(first.Catalogue.WriteSums(DatasetInfo.Measurements), second.Catalogue.WriteSums(DatasetInfo.Measurements));
        Assert.Equal(first.Catalogue.WriteSums(DatasetInfo.Estimates), second.Catalogue.WriteSums(DatasetInfo.Estimates));
    }

    [Fact]
    public async Task A_file_that_is_lost_is_written_again_as_it_was()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var lost = folder.File(MeasuredPm25 + ".parquet");
        var content = await File.ReadAllBytesAsync(lost, Cancelled);
        File.Delete(lost);
        var restarted = new Archive(folder.Path, archive.Commons);
        restarted.Catalogue.Load();
        Assert.Equal(6, await restarted.Publisher.WriteDueAsync(Cancelled));
        Assert.Equal(content, await File.ReadAllBytesAsync(lost, Cancelled));
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_counts_as_none()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        await File.WriteAllTextAsync(folder.File("measurements/manifest.json"), "{", Cancelled);
        var restarted = new Archive(folder.Path, archive.Commons);
        restarted.Catalogue.Load();
        Assert.Equal(6, await restarted.Publisher.WriteDueAsync(Cancelled));
    }

    [Fact]
    public async Task Estimates_wait_until_all_of_them_are_final()
    {
        var commons = FakeCommons.Archived();
        var late = commons.Estimates.First(estimate => estimate.Resolution == Resolution.Day && estimate.Quantity == Quantity.Laeq);
        commons.Add(late with { Start = late.Start.AddDays(1), Status = EstimateStatus.Live });
        var archive = new Archive(folder.Path, commons);
        // Late enough to be final, too early to be given up.
        var newest = new DateTimeOffset(2026, 11, 4, 0, 0, 0, TimeSpan.Zero);
        commons.ReleasedUntil = newest;
        Assert.Equal(6, await archive.Publisher.WriteDueAsync(Cancelled));
        Assert.DoesNotContain(archive.Files, path => path.StartsWith("estimates/", StringComparison.Ordinal));

        // A week later nobody waits for it any more, and it is left out.
        commons.ReleasedUntil = newest.AddDays(7);
        Assert.True(await archive.Publisher.WriteDueAsync(Cancelled) > 0);
        var rows = archive.ReadCsv("estimates/resolution=day/quantity=laeq/year=2026/month=10/part-0.csv.gz");
        Assert.Equal(1 + 8 * commons.Tree.Nodes.Length, rows.Count);
    }

    [Fact]
    public async Task A_month_is_not_final_until_two_days_after_its_last_hour()
    {
        var archive = new Archive(folder.Path);
        // The last hour of October begins at 23:00; 48 hours later the hour from 23:00 of 2 November has been released.
        archive.Commons.ReleasedUntil = new DateTimeOffset(2026, 11, 2, 23, 0, 0, TimeSpan.Zero);
        Assert.Equal(0, await archive.Publisher.WriteDueAsync(Cancelled));
        archive.Commons.ReleasedUntil = new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(6 + 6 + 9, await archive.Publisher.WriteDueAsync(Cancelled));
    }

    [Fact]
    public async Task Measurements_are_those_released_with_the_constants_of_their_plan()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var rows = archive.ReadCsv(MeasuredPm25 + ".csv.gz");
        Assert.Equal(DatasetInfo.Measurements.Fields.Select(field => field.Name), rows[0]);
        var expected = archive.Commons.Measurements.Where(
            row => row.Quantity == Quantity.Pm25 && row.Window.Start.UtcDateTime.Month == 10).ToList();
        Assert.Equal(expected.Count, rows.Count - 1);
        // Eight days, one of them an hour longer.
        Assert.Equal(3 * (8 * 24 + 1), expected.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var (row, measurement) = (rows[i + 1], expected[i]);
            Assert.Equal(measurement.Window.ToString(), row[0]);
            Assert.Equal(measurement.Area.QuadKey, row[2]);
            Assert.Equal(measurement.Value, long.Parse(row[5], CultureInfo.InvariantCulture));
            Assert.Equal(measurement.Baseline, double.Parse(row[11], CultureInfo.InvariantCulture));
            Assert.Equal(measurement.LedgerSequence, long.Parse(row[13], CultureInfo.InvariantCulture));
        }
        // sigma = 1 / sqrt(2 * 0.028), times a grid of 2^20.
        Assert.Equal(["4431042", "4.2257712", "1048576"], [rows[1][6][..7], rows[1][7][..9], rows[1][8]]);
    }

    [Fact]
    public async Task Hours_go_by_the_month_in_UTC_and_days_by_their_date_at_the_node()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var hours = archive.ReadCsv(HourlyPm25 + ".csv.gz").Skip(1).Select(row => row[0]).ToList();
        Assert.Equal("2026-10-23T23:00:00Z", hours.Min(StringComparer.Ordinal));
        Assert.Equal("2026-10-31T23:00:00Z", hours.Max(StringComparer.Ordinal));
        var days = archive.ReadCsv(DailyPm25 + ".csv.gz").Skip(1).ToList();
        Assert.Equal("2026-10-24", days.Min(row => row[2]));
        Assert.Equal("2026-10-31", days.Max(row => row[2]));
        // The day on which clocks go back has 25 hours.
        Assert.Contains(days, row => row[0] == "2026-10-24T23:00:00Z" && row[1] == "2026-10-26T00:00:00Z");
    }

    [Theory]
    [InlineData(MeasuredPm25, "hyparquet")]
    [InlineData(MeasuredPm25, "duckdb")]
    [InlineData(HourlyPm25, "duckdb")]
    [InlineData(DailyPm25, "hyparquet")]
    public async Task Parquet_and_csv_have_the_same_rows(string path, string reader)
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var read = JsonDocument.Parse(await NodeScript.RunAsync("read.mjs", reader, folder.File(path + ".parquet"))).RootElement;
        var rows = archive.ReadCsv(path + ".csv.gz");
        Assert.Equal(rows[0], read.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(rows.Count - 1, read.GetProperty("rows").GetInt32());
        Assert.Equal("ODbL-1.0", read.GetProperty("metadata").GetProperty("licence").GetString());
        for (var column = 0; column < rows[0].Length; column++)
        {
            var values = read.GetProperty("columns")[column].EnumerateArray().Select(value => value.GetString()).ToList();
            for (var row = 1; row < rows.Count; row++)
                Assert.Equal(rows[row][column], AsCsv(values[row - 1], rows[0][column]));
        }
    }

    [Fact]
    public async Task Readers_find_quantity_and_month_in_the_folders()
    {
        await Archive.WriteAsync(folder.Path);
        var counts = await NodeScript.RunAsync("query.mjs", $"""
            SELECT quantity, year, month, count(*), typeof(any_value(window_start))
            FROM read_parquet('{folder.Path}/measurements/**/*.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL
            """);
        const string instant = "TIMESTAMP WITH TIME ZONE";
        Assert.Equal($"laeq,2026,10,579,{instant}\npm2_5,2026,10,579,{instant}\ntemperature,2026,10,579,{instant}\n", counts);
    }

    [Fact]
    public async Task A_node_writes_what_is_missing_while_it_runs()
    {
        var archive = new Archive(folder.Path);
        using var service = new DatasetService(archive.Catalogue, archive.Publisher, NullLogger<DatasetService>.Instance);
        await service.StartAsync(Cancelled);
        while (!archive.Catalogue.Has(DatasetInfo.Estimates, DatasetMonth.Parse("2026-10")))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
        await service.StopAsync(Cancelled);
        Assert.Equal(21 + 4, archive.Files.Count);
    }

    [Fact]
    public async Task Maps_are_features_with_closed_outlines()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        await using var file = new System.IO.Compression.GZipStream(
            File.OpenRead(folder.File(DailyPm25 + ".geojson.gz")), System.IO.Compression.CompressionMode.Decompress);
        var features = (await JsonDocument.ParseAsync(file, cancellationToken: Cancelled)).RootElement.GetProperty("features");
        Assert.Equal(8 * archive.Commons.Tree.Nodes.Length, features.GetArrayLength());
        var outline = features[0].GetProperty("geometry").GetProperty("coordinates")[0];
        Assert.Equal(5, outline.GetArrayLength());
        Assert.Equal(outline[0].GetRawText(), outline[4].GetRawText());
        Assert.Equal(archive.ReadCsv(DailyPm25 + ".csv.gz")[1][6], features[0].GetProperty("properties").GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Writing_that_is_broken_off_leaves_nothing_behind()
    {
        var archive = new Archive(folder.Path);
        using var stop = new CancellationTokenSource();
        archive.Commons.Reading = () => stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => archive.Publisher.WriteDueAsync(stop.Token));
        Assert.Empty(archive.Files);

        archive.Commons.Reading = null;
        Assert.Equal(21, await archive.Publisher.WriteDueAsync(Cancelled));
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_half_done_and_is_tried_again()
    {
        using var disk = SmallDisk.Mount(folder.File("disk"), "16k");
        var archive = new Archive(disk.Path);
        await Assert.ThrowsAnyAsync<IOException>(() => archive.Publisher.WriteDueAsync(Cancelled));
        Assert.Empty(archive.Files);
        disk.Remount("size=10m");
        Assert.Equal(21, await archive.Publisher.WriteDueAsync(Cancelled));
    }

    /// <summary>A value of read.mjs as CSV has it.</summary>
    static string AsCsv(string? value, string column) => value switch
    {
        null => "",
        ['t', .. var milliseconds] => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture))
            .ToString(column == "local_date" ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ['d', .. var bits] => BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToString(CultureInfo.InvariantCulture),
        _ => value[1..],
    };
}
