using System.Globalization;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Benchmarks.Serve;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Asks an archive what visitors ask, for an area, a quantity and a beginning at random, and prints how long it took.</summary>
sealed class ArchiveQueries(ArchiveShape shape, int queries, TextWriter output)
{
    readonly Random random = new(1);

    public async Task AskAllAsync(ICommons commons, CancellationToken cancellationToken)
    {
        await AskLatestAsync("latest of all areas", commons, cancellationToken);
        await MeasureAsync("one area's month by hour", 30 * 24, async () =>
            await commons.ReadEstimatesAsync(Query(Resolution.Hour, TimeSpan.FromDays(30)), cancellationToken));
        var days = Math.Min(shape.Days, 365);
        await MeasureAsync("one area's year by day", days, async () =>
            await commons.ReadEstimatesAsync(Query(Resolution.Day, TimeSpan.FromDays(days)), cancellationToken));
    }

    public Task AskLatestAsync(string what, ICommons commons, CancellationToken cancellationToken) => MeasureAsync(
        what, shape.LatestCount, async () => await commons.ReadLatestEstimatesAsync(Resolution.Hour, cancellationToken),
        ServedArchive.AreasAdded);

    EstimateQuery Query(Resolution resolution, TimeSpan length)
    {
        var start = ArchiveShape.Begin.AddDays(random.Next(shape.Days - (int)length.TotalDays + 1));
        return new EstimateQuery(
            shape.Areas[random.Next(shape.AreaCount)], ArchiveShape.Quantities[random.Next(ArchiveShape.Quantities.Count)], resolution,
            start, start + length, 10_000);
    }

    /// <param name="what">What is asked.</param>
    /// <param name="rows">How many rows the answer has.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="areasMore">Of how many areas more it may hold every quantity.</param>
    async Task MeasureAsync(string what, int rows, Func<Task<IReadOnlyList<Estimate>>> ask, int areasMore = 0)
    {
        var times = new List<double>(queries);
        var read = 0L;
        for (var i = -queries / 10; i < queries; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var answer = await ask();
            var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            if (answer.Count != rows && answer.Count != rows + areasMore * ArchiveShape.Quantities.Count)
            {
                throw new InvalidDataException(
                    $"{answer.Count} rows instead of {rows}: {what}. Has the archive been filled with other --days or --areas?");
            }
            if (i == -1)
                read = LinuxProcess.DiskBytesRead();
            if (i >= 0)
                times.Add(took);
        }
        read = LinuxProcess.DiskBytesRead() - read;
        times.Sort();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}, {rows:N0} rows: p50 {times[queries / 2]:N2} ms, p99 {times[queries * 99 / 100]:N2} ms, most {times[^1]:N2} ms; "
            + $"{read / 1e3 / queries:N0} KB from the disk by this process"));
    }
}
