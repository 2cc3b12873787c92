using CivicSense.Commons;
using CivicSense.Node.References;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Tests.References;

public sealed class ReferenceInboxTests : IAsyncDisposable
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));
    static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    readonly TemporaryFolder folder = new();
    SqliteNodeDatabase database;

    public ReferenceInboxTests() => database = Open();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Each_value_is_given_once_and_is_stored_when_it_is_given()
    {
        var inbox = Inbox();
        inbox.Add("Quay", [Value(0, 5), Value(-1, 4)], arrived: null);

        var taken = await inbox.TakeAsync(Window, Cancel);

        Assert.Equal([Reference("Quay", -1, 4, 0), Reference("Quay", 0, 5, 0)], taken);
        Assert.Equal(taken, await StoredAsync());
        Assert.Empty(await inbox.TakeAsync(Window, Cancel));
        inbox.Add("Quay", [Value(0, 5), Value(-1, 4)], arrived: null);
        Assert.Empty(await inbox.TakeAsync(Window.Next, Cancel));
    }

    [Fact]
    public async Task A_restart_gives_nothing_twice()
    {
        var before = Inbox();
        before.Add("Quay", [Value(0, 5)], arrived: null);
        await before.TakeAsync(Window, Cancel);
        await database.DisposeAsync();
        database = Open();

        var after = Inbox();
        after.Add("Quay", [Value(0, 5), Value(1, 6)], arrived: null);

        Assert.Equal([Reference("Quay", 1, 6, 1)], await after.TakeAsync(Window.Next, Cancel));
    }

    [Fact]
    public async Task The_first_value_counts_whether_it_waits_or_was_taken()
    {
        var inbox = Inbox();
        inbox.Add("Quay", [Value(0, 5)], arrived: null);
        inbox.Add("Quay", [Value(0, 6)], arrived: null);
        Assert.Equal(5, Assert.Single(await inbox.TakeAsync(Window, Cancel)).Value);

        inbox.Add("Quay", [Value(0, 7)], arrived: null);
        Assert.Empty(await inbox.TakeAsync(Window.Next, Cancel));
        Assert.Equal(5, Assert.Single(await StoredAsync()).Value);
    }

    [Fact]
    public async Task A_revision_after_the_release_was_due_does_not_take_away_the_value_that_was_there_in_time()
    {
        var inbox = new ReferenceInbox(database.References, Lateness);
        inbox.Add("Quay", [Value(0, 5)], Window.End);
        inbox.Add("Quay", [Value(0, 6)], Window.End + Lateness + TimeSpan.FromMinutes(1));

        Assert.Equal([Reference("Quay", 0, 5, 0)], await inbox.TakeAsync(Window, Cancel));
        Assert.Empty(await inbox.TakeAsync(Window.Next, Cancel));
    }

    [Fact]
    public async Task Values_of_windows_after_the_latest_are_refused_and_count_once_their_time_has_come()
    {
        var inbox = Inbox();
        Assert.Equal(2, inbox.Add("Quay", [Value(0, 5), Value(1, 6), Value(2, 7)], arrived: null, latest: Window));
        Assert.Equal(0, inbox.Add("Quay", [Value(1, 8)], arrived: null, latest: Window.Next));

        Assert.Equal([5.0, 8], (await inbox.TakeAsync(new HourWindow(Window.Index + 2), Cancel)).Select(value => value.Value));
    }

    [Fact]
    public async Task A_station_cannot_fill_the_memory_and_takes_no_room_from_another()
    {
        var inbox = Inbox();
        var values = Enumerable.Range(0, ReferenceInbox.MostWaiting + 3).Select(hour => Value(hour, 5));
        Assert.Equal(3, inbox.Add("Quay", values, arrived: null));
        Assert.Equal(0, inbox.Add("Tower", [Value(0, 6)], arrived: null));

        await inbox.TakeAsync(Window, Cancel);
        Assert.Equal(1, inbox.Add("Quay", [Value(-1, 5), Value(-2, 5)], arrived: null));
    }

    [Fact]
    public void What_no_release_will_ask_for_takes_no_room()
    {
        var inbox = Inbox();
        var values = Enumerable.Range(0, ReferenceInbox.MostWaiting + 3).Select(hour => Value(-hour, 5));
        Assert.Equal(0, inbox.Add("Quay", values, arrived: null, latest: Window));
    }

    [Fact]
    public async Task Values_come_by_window_station_and_quantity_and_those_of_later_windows_wait()
    {
        var inbox = Inbox();
        inbox.Add("Tower", [Value(1, 3), Value(0, 1, Quantity.No2), Value(0, 2)], arrived: null);
        inbox.Add("Quay", [Value(0, 4), Value(-2, 5)], arrived: null);

        Assert.Equal(
            [(-2L, "Quay", 5.0), (0, "Quay", 4), (0, "Tower", 2), (0, "Tower", 1)],
            (await inbox.TakeAsync(Window, Cancel)).Select(value => (value.Window.Index - Window.Index, value.Station, value.Value)));
        Assert.Equal([Reference("Tower", 1, 3, 1)], await inbox.TakeAsync(Window.Next, Cancel));
    }

    [Fact]
    public async Task What_arrives_after_the_release_was_due_waits_for_the_next_even_if_the_release_is_late()
    {
        var inbox = new ReferenceInbox(database.References, Lateness);
        inbox.Add("Quay", [Value(0, 1)], Window.End + Lateness);
        inbox.Add("Tower", [Value(0, 2)], Window.End + Lateness + TimeSpan.FromTicks(1));
        inbox.Add("Started", [Value(0, 3)], arrived: null);

        Assert.Equal(["Quay", "Started"], (await inbox.TakeAsync(Window, Cancel)).Select(value => value.Station));
        Assert.Equal([new ReferenceValue("Tower", Quantity.Pm25, Window, 2, Window.Next)], await inbox.TakeAsync(Window.Next, Cancel));
    }

    [Fact]
    public async Task By_event_time_it_does_not_matter_when_a_value_arrives()
    {
        var inbox = Inbox();
        inbox.Add("Quay", [Value(0, 1)], Window.End.AddYears(5));
        Assert.Single(await inbox.TakeAsync(Window, Cancel));
    }

    [Fact]
    public async Task Values_of_more_than_a_month_ago_are_never_taken()
    {
        var inbox = Inbox();
        inbox.Add("Quay", [Value(-ReferenceInbox.OldestHours - 1, 1), Value(-ReferenceInbox.OldestHours, 2)], arrived: null);
        Assert.Equal(2, Assert.Single(await inbox.TakeAsync(Window, Cancel)).Value);
        inbox.Add("Quay", [Value(-ReferenceInbox.OldestHours - 1, 1)], arrived: null);
        Assert.Empty(await inbox.TakeAsync(Window, Cancel));
    }

    [Fact]
    public async Task What_could_not_be_stored_is_given_to_nobody_and_comes_the_next_time()
    {
        var store = new FullStore(database.References) { IsFull = true };
        var inbox = new ReferenceInbox(store, lateness: null);
        inbox.Add("Quay", [Value(0, 5)], arrived: null);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await inbox.TakeAsync(Window, Cancel));

        store.IsFull = false;
        Assert.Equal([Reference("Quay", 0, 5, 0)], await inbox.TakeAsync(Window, Cancel));
    }

    ReferenceInbox Inbox() => new(database.References, lateness: null);

    SqliteNodeDatabase Open() =>
        SqliteNodeDatabase.Open(new SqliteOptions { Path = folder.File("node.db") }, TimeProvider.System, NullLogger.Instance);

    async Task<IReadOnlyList<ReferenceValue>> StoredAsync() =>
        await database.Commons.ReadReferenceValuesAsync(Window, new HourWindow(Window.Index + 100), Cancel);

    static StationValue Value(int hour, double value, Quantity? quantity = null) =>
        new(quantity ?? Quantity.Pm25, new HourWindow(Window.Index + hour), value);

    static ReferenceValue Reference(string station, int hour, double value, int knownFrom) =>
        new(station, Quantity.Pm25, new HourWindow(Window.Index + hour), value, new HourWindow(Window.Index + knownFrom));

    sealed class FullStore(IReferenceStore inner) : IReferenceStore
    {
        public bool IsFull { get; set; }

        public ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(
            IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken) =>
            IsFull ? throw new VaultUnavailableException("The disk is full.", null) : inner.AddAsync(values, cancellationToken);
    }
}
