using System.Globalization;
using CivicSense.Commons;
using CivicSense.OpenData;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CivicSense.Benchmarks.Datasets;

/// <summary>Writes the files of one month from a node's database, as the node does.</summary>
sealed class DatasetsRun(string folder, int areas, TextWriter output)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "civicsense.db");
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance).DisposeAsync();
        new FilledMonth(path, areas).Fill();
        await output.WriteLineAsync($"{areas} areas, 4 quantities, 30 days");
        await using var database =
            SqliteNodeDatabase.Open(new SqliteOptions { Path = path, RunsNode = false }, TimeProvider.System, NullLogger.Instance);
        var options = Options.Create(new OpenDataOptions { DatasetFolder = Path.Combine(folder, "datasets") });
        var plans = new PlanCache();
        var descriptions = new DatasetDescriptions(options);
        var month = DatasetMonth.Parse("2026-11");

        // The first month pays for compiling the program: a month without rows is written before.
        await MeasureAsync("an empty month", DatasetInfo.Measurements, files =>
            new MeasurementMonth(database.Commons, plans, TimeZoneInfo.Utc, descriptions)
                .WriteAsync(DatasetMonth.Parse("2025-01"), files, cancellationToken));
        await MeasureAsync("measurements", DatasetInfo.Measurements, files =>
            new MeasurementMonth(database.Commons, plans, TimeZoneInfo.Utc, descriptions).WriteAsync(month, files, cancellationToken));
        await MeasureAsync("estimates", DatasetInfo.Estimates, files =>
            new EstimateMonth(database.Commons, TimeZoneInfo.Utc, descriptions)
                .WriteAsync(month, files, leaveOutLive: false, cancellationToken));
        await MeasureAsync(
            "reading measurements only", DatasetInfo.Measurements, _ => ReadAsync(database.Commons, month, cancellationToken));
    }

    async Task MeasureAsync(string what, DatasetInfo dataset, Func<MonthFiles, Task> write)
    {
        GC.Collect();
        ResetPeak();
        var began = TimeProvider.System.GetTimestamp();
        using var files = new MonthFiles(Path.Combine(folder, "datasets", dataset.Id));
        await write(files);
        var entries = files.Publish();
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{what}: {seconds:F1} s, peak of resident memory {PeakMegabytes():F0} MB"));
        foreach (var format in entries.GroupBy(entry => (entry.Format, entry.Resolution))
            .OrderBy(group => group.Key.Resolution, StringComparer.Ordinal))
        {
            var (rows, bytes) = (format.Sum(entry => entry.Rows), format.Sum(entry => entry.Bytes));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  {format.Key.Resolution ?? "hour"} {format.Key.Format}: {rows:N0} rows, {bytes / 1e6:F2} MB, {bytes / (double)rows:F2} bytes a row"));
        }
    }

    static async Task ReadAsync(ICommons commons, DatasetMonth month, CancellationToken cancellationToken)
    {
        var query = new MeasurementQuery { From = month.FirstHour, Until = month.Next.FirstHour, Limit = OpenDataOptions.MaximumPageSize };
        while (await commons.ReadMeasurementsAsync(query, cancellationToken) is { Count: > 0 } page)
            query = query with { After = (page[^1].Window, page[^1].Area, page[^1].Quantity) };
    }

    /// <summary>Lets the peak begin anew (Linux, proc(5), clear_refs).</summary>
    static void ResetPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    static double PeakMegabytes() => OperatingSystem.IsLinux()
        ? double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))[6..^3],
            CultureInfo.InvariantCulture) / 1000
        : Environment.WorkingSet / 1e6;
}
