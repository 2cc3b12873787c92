using System.Globalization;
using CivicSense.Benchmarks.Archive;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Serve;

/// <summary>Asks a node what visitors ask, one kind of request after the other, and prints how long they waited.</summary>
sealed class ServeRun(ArchiveShape shape, int rate, int seconds, TextWriter output)
{
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    readonly Random random = new(1);

    public async Task RunAsync(string program, string folder, string? postgres, CancellationToken cancellationToken)
    {
        await (postgres is null
            ? ServedArchive.PrepareFileAsync(folder, shape)
            : ServedArchive.PrepareAsync(postgres, shape, cancellationToken));
        using var node = await ServedNode.StartAsync(program, folder, postgres, 2 * rate, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{(postgres is null ? "SQLite" : "PostgreSQL")}, {shape.Days} days, {shape.AreaCount} areas; "
            + $"{rate} requests/s for {seconds} s each; {LinuxProcess.ProcessorName}"));
        using var load = new HttpLoad(node.Address, rate);
        var latest = $"/api/v1/estimates/latest?limit={shape.LatestCount + 100}";
        var tag = await load.TagAsync(latest, cancellationToken);

        await MeasureAsync("latest of all areas", () => new(latest));
        await MeasureAsync("the same, held by the client", () => new(latest, tag));
        await MeasureAsync("latest of one area", () => new($"/api/v1/estimates/latest?area={AnyArea().QuadKey}"));
        await MeasureAsync("an area's newest month", () => new(Month(shape.Days - 30)));
        await MeasureAsync("an area's month of the year", () => new(Month(random.Next(shape.Days - 29))));
        await MeasureAsync("the first page", () => new("/"));

        async Task MeasureAsync(string what, Func<Asked> ask)
        {
            await load.RunAsync(WarmUp, ask, cancellationToken);
            var (began, node0, own0) =
                (TimeProvider.System.GetTimestamp(), node.ProcessorSeconds, LinuxProcess.ProcessorSeconds(Environment.ProcessId));
            var result = await load.RunAsync(TimeSpan.FromSeconds(seconds), ask, cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {what}: p50 {result.Percentile(50):N2} ms, p99 {result.Percentile(99):N2} ms, p99.9 {result.Percentile(99.9):N2} ms, "
                + $"most {result.Percentile(100):N1} ms; "
                + $"{result.Errors} errors of {result.Count:N0}; {result.Bytes / 1e3 / result.Count:N1} KB each; "
                + $"node {(node.ProcessorSeconds - node0) / took:P0} and "
                + $"load {(LinuxProcess.ProcessorSeconds(Environment.ProcessId) - own0) / took:P0} of a processor; "
                + $"waiting for one: {LinuxProcess.LoadAverage()}"));
        }
    }

    Area AnyArea() => shape.Areas[random.Next(shape.AreaCount)];

    string Month(int day)
    {
        var start = ArchiveShape.Begin.AddDays(day);
        var quantity = ArchiveShape.Quantities[random.Next(ArchiveShape.Quantities.Count)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/areas/{AnyArea().QuadKey}/estimates?quantity={quantity.Id}&from={start:yyyy-MM-dd'T'HH:mm:ss'Z'}"
            + $"&to={start.AddDays(30):yyyy-MM-dd'T'HH:mm:ss'Z'}");
    }
}
