using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks;

/// <summary>
/// One window of 10,000 keys (2,500 areas with five households each, four quantities), from 50,000 contributions in the database to the
/// committed release: reading, clipping, summing, noise, fence, ledger, commit to disk.
/// </summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 2, iterationCount: 10)]
[MemoryDiagnoser]
public class ReleaseBenchmark
{
    const int Areas = 2_500;
    const int OwnersPerArea = 5;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-benchmark-");
    readonly SteppedClock clock = new(new DateTimeOffset(2026, 3, 4, 0, 30, 0, TimeSpan.Zero));
    SqliteNodeDatabase database = null!;
    ReleaseCycle cycle = null!;
    HourWindow window;

    [GlobalSetup]
    public async Task Setup()
    {
        var options = new SqliteOptions { Path = Path.Combine(folder.FullName, "node.db") };
        database = SqliteNodeDatabase.Open(options, clock, NullLogger.Instance);
        await database.Vault.EnrolAsync(
        [
            .. from area in Enumerable.Range(0, Areas)
               let place = PlaceOf(area)
               from owner in Enumerable.Range(0, OwnersPerArea)
               let name = string.Create(CultureInfo.InvariantCulture, $"{area}-{owner}")
               select new EnrolmentRequest("household-" + name, "device-" + name, place, new byte[32]),
        ], CancellationToken.None);
        cycle = new ReleaseCycle(
            database.Releases, new OpenGate(), new PriorBaseline(), new NoSubscriber(),
            ReleaseFence.Open(Path.Combine(folder.FullName, "fence.json")),
            new ReleaseOptions { TimeZone = "UTC" }, clock, NullLogger<ReleaseCycle>.Instance);
        await cycle.StartAsync(CancellationToken.None);
        window = HourWindow.Containing(clock.Now).Next;
    }

    [IterationSetup]
    public void Contribute()
    {
        // Windows that no plan covers, such as those of the first day before the plan begins, go by here.
        clock.Now = window.Start;
        cycle.ReleaseDueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Quantity[] quantities = [Quantity.Pm25, Quantity.Pm10, Quantity.No2, Quantity.Laeq];
        database.Vault.CommitAsync(
            (Contribution[])
            [
                .. from device in Enumerable.Range(1, Areas * OwnersPerArea)
                   from quantity in quantities
                   select new Contribution(device, quantity.Ordinal, window, 1, 10 + (device % 17), 1),
            ], CancellationToken.None).AsTask().GetAwaiter().GetResult();
        clock.Now = window.End + TimeSpan.FromMinutes(10);
        window = window.Next;
    }

    [Benchmark]
    public long Release_of_10_000_keys_with_its_commit()
    {
        var before = cycle.Progress.Keys;
        cycle.ReleaseDueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var released = cycle.Progress.Keys - before;
        return released >= 10_000 ? released : throw new InvalidOperationException($"{released} keys were released.");
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Cells of the finest zoom, none of which shares its parent with another.</summary>
    static Area PlaceOf(int number)
    {
        var digits = "";
        for (var rest = number; digits.Length < 6; rest /= 4)
            digits = (char)('0' + (rest % 4)) + digits;
        return Area.Parse(("031132" + digits).PadRight(Area.FinestZoom, '0'));
    }

    sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    sealed class OpenGate : IWindowGate
    {
        public ValueTask<int> CloseAsync(HourWindow through, CancellationToken cancellationToken) => new(0);
    }

    sealed class PriorBaseline : IPublicBaseline
    {
        public ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
        {
            for (var key = 0; key < plan.KeyCount; key++)
                baselines[key] = plan.Quantities[key % plan.Quantities.Length].Quantity.PriorMean;
        }
    }

    sealed class NoSubscriber : IReleaseSubscriber
    {
        public ValueTask WindowReleasedAsync(
            ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;

        public ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;
    }
}
