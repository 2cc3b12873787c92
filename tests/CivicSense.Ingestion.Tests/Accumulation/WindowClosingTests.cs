using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion.Tests.Accumulation;

public sealed class WindowClosingTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Window_is_closed_and_reported_when_its_end_and_the_lateness_have_passed()
    {
        await using var scene = await Scene.CreateAsync();
        var window = scene.Ingest.Window;
        scene.Ingest.Add(scene.Device, 10, scene.Ingest.Clock.Milliseconds);
        scene.Ingest.Clock.Milliseconds = window.End.AddMinutes(10).ToUnixTimeMilliseconds() - 1;
        await scene.Closing.CloseDueAsync(Cancel);
        Assert.Equal(new HourWindow(window.Index - 1), scene.Registry.ClosedThrough);

        scene.Ingest.Clock.Milliseconds++;
        scene.Registry.OnReport = () => Assert.Single(scene.Vault.Durable);
        await scene.Closing.CloseDueAsync(Cancel);
        Assert.Equal(window, scene.Registry.ClosedThrough);
    }

    [Fact]
    public async Task Closed_window_is_reported_once_more_with_each_heartbeat_only()
    {
        await using var scene = await Scene.CreateAsync();
        await scene.Closing.CloseDueAsync(Cancel);
        var reports = scene.Registry.Reports;
        await scene.Closing.CloseDueAsync(Cancel);
        Assert.Equal(reports, scene.Registry.Reports);

        await scene.Closing.ReportAsync(Cancel);
        Assert.Equal(reports + 1, scene.Registry.Reports);
    }

    [Fact]
    public async Task Window_is_not_reported_before_its_readings_are_durable()
    {
        await using var scene = await Scene.CreateAsync();
        var window = scene.Ingest.Window;
        Task closing;
        using (await scene.Vault.HoldAsync())
        {
            scene.Ingest.Add(scene.Device, 10, scene.Ingest.Clock.Milliseconds);
            closing = scene.Closing.CloseAsync(window, Cancel).AsTask();
            await scene.Closing.ReportAsync(Cancel);
            Assert.Null(scene.Registry.ClosedThrough);
        }
        await closing.WaitAsync(Ingest.Patience, Cancel);
        Assert.Equal(window, scene.Registry.ClosedThrough);
    }

    [Fact]
    public async Task Window_that_was_released_without_this_process_is_closed_by_it()
    {
        await using var scene = await Scene.CreateAsync();
        var window = scene.Ingest.Window;
        scene.Registry.ReleasedThrough = window;
        await scene.Closing.ReportAsync(Cancel);
        await scene.Closing.CloseDueAsync(Cancel);

        Assert.Equal(window, scene.Registry.ClosedThrough);
        scene.Ingest.Add(scene.Device, 10, scene.Ingest.Clock.Milliseconds);
        Assert.Equal(1, scene.Ingest.Statistics[ReadingOutcome.Late]);
    }

    [Fact]
    public async Task Store_that_is_away_stops_nothing_and_is_told_later()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Registry.Failure = new VaultUnavailableException("The server is away.", null);
        await scene.Closing.CloseAsync(scene.Ingest.Window, Cancel);
        Assert.Null(scene.Registry.ClosedThrough);

        scene.Registry.Failure = null;
        await scene.Closing.ReportAsync(Cancel);
        Assert.Equal(scene.Ingest.Window, scene.Registry.ClosedThrough);
    }

    [Fact]
    public async Task Process_registers_at_its_start_and_says_at_its_end_that_nothing_more_comes()
    {
        await using var scene = await Scene.CreateAsync();
        await scene.Closing.StartAsync(Cancel);
        Assert.True(scene.Registry.IsRegistered);
        await scene.Closing.StartedAsync(Cancel);
        await Ingest.UntilAsync(() => scene.Registry.ClosedThrough is not null);

        await scene.Closing.StopAsync(Cancel);
        Assert.True(scene.Registry.IsStopped);
    }

    [Fact]
    public async Task Name_that_is_taken_keeps_the_process_from_starting()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Registry.Failure = new IngestNameTakenException("east");

        await Assert.ThrowsAsync<IngestNameTakenException>(() => scene.Closing.StartAsync(Cancel));
    }

    [Fact]
    public async Task Process_that_learns_that_it_was_replaced_fails()
    {
        await using var scene = await Scene.CreateAsync();
        await scene.Closing.StartAsync(Cancel);
        scene.Registry.Failure = new IngestReplacedException();
        await scene.Closing.StartedAsync(Cancel);

        await Assert.ThrowsAsync<IngestReplacedException>(() => scene.Closing.ExecuteTask!.WaitAsync(Ingest.Patience, Cancel));
    }

    [Theory]
    [InlineData(-90, "earlier")]
    [InlineData(90, "later")]
    public async Task Clock_that_differs_from_the_stores_by_more_than_a_minute_is_said_once_until_it_is_right_again(int seconds,
        string said)
    {
        await using var scene = await Scene.CreateAsync();
        scene.Registry.StoreTime = () => DateTimeOffset.FromUnixTimeMilliseconds(scene.Ingest.Clock.Milliseconds).AddSeconds(-seconds);
        await scene.Closing.ReportAsync(Cancel);
        await scene.Closing.ReportAsync(Cancel);
        var warning = Assert.Single(scene.Log.Lines);
        Assert.Contains($"00:01:30 {said}", warning, StringComparison.Ordinal);

        scene.Registry.StoreTime = () =>
            DateTimeOffset.FromUnixTimeMilliseconds(scene.Ingest.Clock.Milliseconds).AddSeconds(Math.Sign(seconds) * 50);
        await scene.Closing.ReportAsync(Cancel);
        await scene.Closing.ReportAsync(Cancel);
        Assert.Equal([warning, "This process' clock agrees with the database's again."], scene.Log.Lines);
    }

    [Fact]
    public async Task Store_that_takes_long_to_answer_is_no_wrong_clock()
    {
        await using var scene = await Scene.CreateAsync();
        var asked = scene.Ingest.Clock.GetUtcNow();
        scene.Registry.OnReport = () => scene.Ingest.Clock.Milliseconds += 300_000;
        foreach (var answered in new[] { asked, asked.AddMinutes(2), asked.AddMinutes(5) })
        {
            scene.Ingest.Clock.Milliseconds = asked.ToUnixTimeMilliseconds();
            scene.Registry.StoreTime = () => answered;
            await scene.Closing.ReportAsync(Cancel);
        }
        Assert.Empty(scene.Log.Lines);
    }

    [Fact]
    public async Task Event_time_is_compared_with_no_clock()
    {
        await using var scene = await Scene.CreateAsync(new EventClock(DateTimeOffset.UnixEpoch));
        scene.Registry.StoreTime = () => DateTimeOffset.UnixEpoch.AddYears(50);
        await scene.Closing.ReportAsync(Cancel);
        Assert.Empty(scene.Log.Lines);
    }

    /// <summary>A running group commit on a real vault, and a registry that remembers what it is told.</summary>
    sealed class Scene : IAsyncDisposable
    {
        readonly TemporaryVault store;

        Scene(TemporaryVault store, UnreliableVault vault, Ingest ingest, TimeProvider clock)
        {
            (this.store, Vault, Ingest) = (store, vault, ingest);
            Closing = new WindowClosing(Registry, ingest.Commit, new AcceptanceTime(clock, TimeSpan.FromMinutes(10)), Log);
        }

        public ClosingLog Log { get; } = new();

        public UnreliableVault Vault { get; }

        public Ingest Ingest { get; }

        public ScriptedRegistry Registry { get; } = new();

        public WindowClosing Closing { get; }

        public int Device => store.Devices[0].Id;

        public static async Task<Scene> CreateAsync(TimeProvider? clock = null)
        {
            var opened = await TemporaryVault.CreateAsync();
            var vault = new UnreliableVault(opened.Vault);
            var ingest = await Ingest.StartAsync(vault);
            return new Scene(opened, vault, ingest, clock ?? ingest.Clock);
        }

        public async ValueTask DisposeAsync()
        {
            Closing.Dispose();
            await Ingest.DisposeAsync();
            Vault.Dispose();
            await store.DisposeAsync();
        }
    }

    sealed class ScriptedRegistry : IIngestRegistry
    {
        int reports;

        public volatile Exception? Failure;

        public HourWindow? ReleasedThrough { get; set; }

        public Func<DateTimeOffset?> StoreTime { get; set; } = static () => null;

        public Action OnReport { get; set; } = static () => { };

        public HourWindow? ClosedThrough { get; private set; }

        public bool IsRegistered { get; private set; }

        public bool IsStopped { get; private set; }

        public int Reports => Volatile.Read(ref reports);

        public ValueTask<long> RegisterAsync(CancellationToken cancellationToken)
        {
            ThrowIfFailing();
            IsRegistered = true;
            return new(1);
        }

        public ValueTask<IngestAnswer> ReportAsync(HourWindow? closedThrough, CancellationToken cancellationToken)
        {
            ThrowIfFailing();
            OnReport();
            Interlocked.Increment(ref reports);
            ClosedThrough = closedThrough;
            return new(new IngestAnswer(ReleasedThrough, StoreTime()));
        }

        public ValueTask StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return ValueTask.CompletedTask;
        }

        void ThrowIfFailing()
        {
            if (Failure is { } failure)
                throw failure;
        }
    }

    sealed class ClosingLog : ILogger<WindowClosing>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
