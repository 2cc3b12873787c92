using CivicSense.Commons;
using CivicSense.Node.References;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Tests.References;

public sealed class ReferencePollingTests : IDisposable
{
    const string Hours = "time,pm\n2026-06-01T07:00Z,5\n";

    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));

    readonly TemporaryFolder folder = new();
    readonly HttpClient client = HttpDocument.CreateClient();
    readonly ManualTimeProvider time = new();
    readonly CapturedLog log = new();
    readonly MemoryStore store = new();

    public ReferencePollingTests() => time.Advance(Window.End - time.GetUtcNow());

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task An_outage_is_logged_once_and_so_is_its_end()
    {
        await using var server = await StationServer.StartAsync(async (context, request) =>
        {
            if (request is 2 or 3 or 5)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else
                await context.Response.WriteAsync(Hours);
        });
        var station = Station(server.Address);
        var polling = Polling(ClockMode.Wall, station);

        var succeeded = new List<bool>();
        for (var i = 0; i < 5; i++)
            succeeded.Add(await polling.LookAsync(station, atStart: false, Cancel));

        Assert.Equal([true, false, false, true, false], succeeded);
        const string Outage =
            "The official station 'Quay' cannot be read: The server answered with HTTP 503. Releases go on without it, "
                + "and it is tried again.";
        Assert.Equal([Outage, "The official station 'Quay' can be read again.", Outage], log.Lines);
    }

    [Fact]
    public async Task Values_in_a_form_that_cannot_be_read_are_an_outage_and_not_an_unchanged_document()
    {
        await using var server = await StationServer.StartAsync(async (context, request) =>
        {
            context.Response.Headers.ETag = "\"1\"";
            if (context.Request.Headers.IfNoneMatch == "\"1\"")
                context.Response.StatusCode = StatusCodes.Status304NotModified;
            else
                await context.Response.WriteAsync("time,pm\nyesterday,5\n");
        });
        var station = Station(server.Address);
        var polling = Polling(ClockMode.Wall, station);

        Assert.False(await polling.LookAsync(station, atStart: false, Cancel));
        Assert.False(await polling.LookAsync(station, atStart: false, Cancel));
        Assert.Contains("Nothing in it can be used; line 2: column 1 is not a time", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("yesterday", log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_beside_good_values_is_logged_once_and_what_is_out_of_range_is_not()
    {
        var path = folder.Write("quay.csv", Hours + "2026-06-01T08:00Z,-5\nsoon,5\n");
        var station = FileStation(path);
        var polling = Polling(ClockMode.Wall, station);
        await polling.LookAsync(station, atStart: true, Cancel);
        await File.AppendAllTextAsync(path, "later,6\n", Cancel);
        await polling.LookAsync(station, atStart: false, Cancel);

        Assert.Contains(
            "1 rows or values cannot be read, the first in line 4: column 1 is not", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("soon", log.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClockMode.Wall)]
    [InlineData(ClockMode.Event)]
    public async Task Hours_that_are_still_to_come_are_refused_by_the_clock_of_the_wall_only_and_that_is_logged_once(ClockMode clock)
    {
        var now = HourWindow.Containing(time.GetUtcNow());
        string Row(int hour) => new HourWindow(now.Index + hour) + ",5\n";
        var station = FileStation(folder.Write("quay.csv", "time,pm\n" + Row(2) + Row(3) + Row(4)));
        var inbox = new ReferenceInbox(store, lateness: null);
        using var polling = new ReferencePolling([station], inbox, clock, time, log);

        await polling.LookAsync(station, atStart: true, Cancel);
        File.AppendAllText(station.Settings.File!, Row(5));
        await polling.LookAsync(station, atStart: false, Cancel);

        var taken = await inbox.TakeAsync(new HourWindow(now.Index + 10), Cancel);
        Assert.Equal(clock == ClockMode.Wall ? 1 : 4, taken.Count);
        if (clock == ClockMode.Wall)
            Assert.Contains("'Quay': 2 values are refused", Assert.Single(log.Lines), StringComparison.Ordinal);
        else
            Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Files_are_read_before_the_start_so_that_a_replay_has_them_at_once()
    {
        var station = FileStation(folder.Write("quay.csv", Hours));
        var inbox = new ReferenceInbox(store, lateness: null);
        using var polling = new ReferencePolling([station, FileStation(folder.File("missing.csv"))], inbox, ClockMode.Event, time, log);

        await polling.ReadFilesAsync(Cancel);

        Assert.Equal([new ReferenceValue("Quay", Quantity.Pm25, Window, 5, Window)], await inbox.TakeAsync(Window, Cancel));
        Assert.Contains("There is no such file.", Assert.Single(log.Lines), StringComparison.Ordinal);
        await polling.StartAsync(Cancel);
        await polling.ExecuteTask!.WaitAsync(Cancel); // nothing is left to look at by event time
    }

    [Fact]
    public async Task A_file_that_grows_is_read_again()
    {
        var path = folder.Write("quay.csv", Hours);
        var station = FileStation(path);
        var inbox = new ReferenceInbox(store, lateness: null);
        using var polling = new ReferencePolling([station], inbox, ClockMode.Wall, time, log);
        await polling.LookAsync(station, atStart: true, Cancel);
        await inbox.TakeAsync(Window, Cancel);
        await File.AppendAllTextAsync(path, "2026-06-01T08:00Z,6\n", Cancel);

        await polling.LookAsync(station, atStart: false, Cancel);

        Assert.Equal(6, Assert.Single(await inbox.TakeAsync(Window.Next, Cancel)).Value);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Addresses_are_polled_at_once_and_then_at_their_interval_until_the_node_stops()
    {
        using var asked = new SemaphoreSlim(0);
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            asked.Release();
            await context.Response.WriteAsync(Hours);
        });
        using var polling = Polling(ClockMode.Wall, Station(server.Address));
        var start = time.GetUtcNow();

        await polling.StartAsync(Cancel);
        await asked.WaitAsync(Cancel);
        Assert.Equal(start, time.GetUtcNow());
        // The clock goes on only until the next request, which comes however late the pause begins.
        while (!await asked.WaitAsync(TimeSpan.FromMilliseconds(5), Cancel))
            time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromMinutes(9));

        await polling.StopAsync(Cancel);
        Assert.True(polling.ExecuteTask!.IsCompletedSuccessfully);
    }

    ReferencePolling Polling(ClockMode clock, params ReferenceStation[] stations) =>
        new(stations, new ReferenceInbox(store, lateness: null), clock, time, log);

    ReferenceStation Station(Uri address) => ReferenceStation.Create(Settings() with { Url = address }, client, TimeProvider.System);

    ReferenceStation FileStation(string path) => ReferenceStation.Create(Settings() with { File = path }, client, TimeProvider.System);

    static ReferenceSettings Settings()
    {
        var settings = new ReferenceSettings { Name = "Quay" };
        return settings with { Columns = settings.Columns.Add("pm", "pm2_5") };
    }

    sealed class MemoryStore : IReferenceStore
    {
        public ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(
            IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken) =>
            ValueTask.FromResult(values);
    }

    sealed class CapturedLog : ILogger<ReferencePolling>
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
