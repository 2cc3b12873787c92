using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release.Tests.Gate;

public sealed class IngestGateTests
{
    internal static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    readonly CivicSense.Tests.ManualTimeProvider time = new();
    readonly ScriptedRoster roster = new();
    readonly GateLog log = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_without_ingest_processes_waits_for_nobody() =>
        Assert.Equal(0, await Gate().CloseAsync(Window, Cancel));

    [Fact]
    public async Task Window_that_every_process_has_closed_is_released_at_once()
    {
        roster.Says("a", closedThrough: Window);
        roster.Says("b", closedThrough: Window.Next);

        Assert.Equal(0, await Gate().CloseAsync(Window, Cancel));
    }

    [Fact]
    public async Task Live_process_is_waited_for_however_long_it_takes()
    {
        roster.Says("a", closedThrough: Window);
        roster.Says("b", closedThrough: new HourWindow(Window.Index - 1));
        var closing = Begin(Gate(), Window);
        for (var second = 0; second < 3600; second += 2)
        {
            Advance(TimeSpan.FromSeconds(2));
            roster.Beats("b");
        }
        Assert.False(closing.IsCompleted);

        roster.Says("b", closedThrough: Window);
        Assert.Equal(0, await EndAsync(closing));
    }

    [Fact]
    public async Task Waiting_for_more_than_a_minute_is_said_once_and_names_nobody()
    {
        roster.Says("balcony", closedThrough: null);
        roster.Says("cellar", closedThrough: null);
        var closing = Begin(Gate(), Window);
        for (var second = 0; second < 600; second += 2)
        {
            Advance(TimeSpan.FromSeconds(2));
            roster.Beats("balcony");
            roster.Beats("cellar");
            if (second < 58)
                Assert.Empty(log.Lines);
        }

        var line = Assert.Single(log.Lines);
        Assert.Contains("2 ingest processes", line, StringComparison.Ordinal);
        Assert.DoesNotContain("balcony", line, StringComparison.Ordinal);
        roster.Says("balcony", closedThrough: Window);
        roster.Says("cellar", closedThrough: Window);
        Assert.Equal(0, await EndAsync(closing));
    }

    [Fact]
    public async Task Silent_process_is_declared_dead_after_the_timeout_and_counted()
    {
        roster.Says("a", closedThrough: Window);
        roster.Says("b", closedThrough: null, heartbeat: Window.End);
        var closing = Begin(Gate(), Window);
        Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(closing.IsCompleted);

        Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await closing);
        Assert.Contains("1 ingest processes", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_died_before_the_window_is_neither_waited_for_nor_counted_again()
    {
        roster.Says("a", closedThrough: null, heartbeat: Window.Start.AddMinutes(-20), silence: TimeSpan.FromMinutes(90));
        var gate = Gate();
        var first = Begin(gate, Window);
        // Watched for a moment: the store may have been away, and everybody silent.
        Assert.False(first.IsCompleted);
        Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, await first);

        var next = gate.CloseAsync(Window.Next, Cancel);
        Assert.True(next.IsCompleted);
        Assert.Equal(0, await next);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Dead_process_that_had_closed_the_window_is_missing_nothing_of_it()
    {
        roster.Says("a", closedThrough: Window, heartbeat: Window.End, silence: TimeSpan.FromHours(1));

        Assert.Equal(0, await Gate().CloseAsync(Window, Cancel));
    }

    [Fact]
    public async Task Process_that_has_stopped_properly_is_not_waited_for()
    {
        roster.Says("a", closedThrough: null, heartbeat: Window.End, isStopped: true);

        Assert.Equal(0, await Gate().CloseAsync(Window, Cancel));
    }

    [Fact]
    public async Task After_an_outage_of_the_store_silent_processes_have_a_moment_to_speak_again()
    {
        roster.Says("a", closedThrough: null, heartbeat: Window.End, silence: TimeSpan.FromMinutes(30));
        var closing = Begin(Gate(), Window);
        Advance(TimeSpan.FromSeconds(4));
        roster.Says("a", closedThrough: null, heartbeat: Window.End.AddMinutes(30));
        Advance(TimeSpan.FromSeconds(30));
        Assert.False(closing.IsCompleted);

        roster.Says("a", closedThrough: Window, heartbeat: Window.End.AddMinutes(31));
        Assert.Equal(0, await EndAsync(closing));
    }

    [Fact]
    public async Task Machine_that_stood_still_for_hours_finds_nobody_dead_when_it_goes_on()
    {
        roster.Says("a", closedThrough: null);
        var closing = Begin(Gate(), Window);
        Advance(TimeSpan.FromSeconds(5));
        roster.Reading = () => time.Advance(TimeSpan.FromHours(3));
        Advance(TimeSpan.FromSeconds(1));
        roster.Reading = null;
        Assert.False(closing.IsCompleted);

        // Nor does that time stand somebody in good stead who says nothing from then on.
        Advance(Timeout);
        Assert.Equal(1, await closing);
    }

    [Fact]
    public async Task Store_clock_that_was_set_back_keeps_no_dead_process_alive()
    {
        roster.Says("a", closedThrough: null, heartbeat: Window.End.AddDays(1), silence: TimeSpan.FromDays(-1));
        var closing = Begin(Gate(), Window);
        Advance(Timeout + TimeSpan.FromSeconds(1));

        Assert.Equal(1, await closing);
    }

    [Fact]
    public async Task Process_that_was_started_again_is_waited_for_again()
    {
        roster.Says("a", closedThrough: null, heartbeat: Window.End);
        var closing = Begin(Gate(), Window);
        Advance(Timeout - TimeSpan.FromSeconds(1));
        roster.Says("a", closedThrough: null, heartbeat: Window.End, incarnation: 2);
        Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(closing.IsCompleted);

        roster.Says("a", closedThrough: Window, incarnation: 2);
        Assert.Equal(0, await EndAsync(closing));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Process_that_is_started_again_and_again_is_dead_after_the_timeout_and_counted(int secondsOfALife)
    {
        roster.Says("a", closedThrough: Window);
        roster.Says("b", closedThrough: null);
        var gate = Gate();
        var closing = Begin(gate, Window);
        var second = 0;
        for (; second < 600 && !closing.IsCompleted; second++)
            LiveASecond();

        Assert.InRange(second, Timeout.TotalSeconds, Timeout.TotalSeconds + secondsOfALife);
        Assert.Equal(1, await closing);
        // The next hour does not wait for it anew.
        roster.Says("a", closedThrough: Window.Next);
        LiveASecond();
        Assert.Equal(1, await gate.CloseAsync(Window.Next, Cancel));

        void LiveASecond()
        {
            Advance(TimeSpan.FromSeconds(1));
            if (second % secondsOfALife == 0)
                roster.Says("b", closedThrough: null, heartbeat: Window.End.AddSeconds(second), incarnation: 2 + second);
            else
                roster.Beats("b");
        }
    }

    [Fact]
    public async Task Process_that_fails_no_more_is_waited_for_again_with_the_next_window()
    {
        roster.Says("a", closedThrough: null);
        var gate = Gate();
        var closing = Begin(gate, Window);
        for (var incarnation = 2; incarnation < 100 && !closing.IsCompleted; incarnation++)
        {
            Advance(TimeSpan.FromSeconds(5));
            roster.Says("a", closedThrough: null, heartbeat: Window.End.AddSeconds(incarnation), incarnation: incarnation);
        }
        Assert.True(closing.IsCompleted);
        Assert.Equal(1, await closing);
        roster.Says("a", closedThrough: Window, incarnation: 1000);
        Assert.Equal(0, await gate.CloseAsync(Window, Cancel));

        Assert.False(Begin(gate, Window.Next).IsCompleted);
    }

    [Fact]
    public async Task Window_that_has_been_released_already_is_waited_for_by_nobody()
    {
        roster.Says("a", closedThrough: null);
        roster.ReleasedThrough = Window;

        Assert.Equal(0, await Gate().CloseAsync(Window, Cancel));
    }

    [Fact]
    public async Task Own_windows_are_closed_before_the_others_are_looked_at()
    {
        var own = new OwnClosing(roster);
        roster.Says("own", closedThrough: null);

        Assert.Equal(0, await Gate(own).CloseAsync(Window, Cancel));
        Assert.Equal([Window], own.Closed);
    }

    [Fact]
    public async Task Roster_that_cannot_be_read_delays_the_release()
    {
        roster.Failure = new VaultUnavailableException("The server is away.", null);

        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await Gate().CloseAsync(Window, Cancel));
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        roster.Says("a", closedThrough: null);
        using var stop = new CancellationTokenSource();
        var closing = Gate().CloseAsync(Window, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing);
    }

    IngestGate Gate(IWindowClosing? own = null) => new(roster, new ReleaseOptions { IngestTimeout = Timeout }, log, own, time);

    static Task<int> Begin(IngestGate gate, HourWindow window) => Here(() => gate.CloseAsync(window, Cancel).AsTask());

    /// <summary>Lets time pass. The gate goes on within it, on this thread.</summary>
    void Advance(TimeSpan duration) => Here(() =>
    {
        time.Advance(duration);
        return 0;
    });

    static T Here<T>(Func<T> work)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    async Task<int> EndAsync(Task<int> closing)
    {
        Advance(TimeSpan.FromSeconds(1));
        return await closing.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    sealed class GateLog : ILogger<IngestGate>
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
