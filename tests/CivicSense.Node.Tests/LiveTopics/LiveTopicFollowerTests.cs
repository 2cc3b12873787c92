using CivicSense.Commons;
using CivicSense.Mqtt;
using CivicSense.Node.LiveTopics;
using CivicSense.OpenData;
using CivicSense.Storage;
using CivicSense.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CivicSense.Node.Tests.LiveTopics;

public sealed class LiveTopicFollowerTests : IMqttPublisher, IAsyncLifetime
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero));

    readonly TemporaryFolder folder = new();
    readonly ManualTimeProvider time = new();
    int published;
    SqliteNodeDatabase database = null!;
    LiveTopicPublisher publisher = null!;
    LiveTopicFollower follower = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        database = SqliteNodeDatabase.Open(new SqliteOptions { Path = folder.File("node.db") }, TimeProvider.System, NullLogger.Instance);
        publisher = new LiveTopicPublisher(
            database.Commons, this, Options.Create(new OpenDataOptions()), NullLogger<LiveTopicPublisher>.Instance);
        follower = new LiveTopicFollower(database.Commons, publisher, time);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        follower.Dispose();
        publisher.Dispose();
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_another_process_has_released_is_published()
    {
        await follower.LookAsync(Cancel);
        Assert.Equal(0, published);

        await ReleaseAsync();
        await EstimateAsync(Window);
        await follower.LookAsync(Cancel);

        Assert.Equal(1, published);
    }

    [Fact]
    public async Task Estimates_that_come_after_the_ledgers_entry_are_published_too()
    {
        await ReleaseAsync();
        await follower.LookAsync(Cancel);
        Assert.Equal(0, published);

        await EstimateAsync(Window);
        time.Advance(TimeSpan.FromSeconds(100));
        await follower.LookAsync(Cancel);

        Assert.Equal(1, published);
    }

    [Fact]
    public async Task Between_releases_the_estimates_are_left_alone()
    {
        await ReleaseAsync();
        await EstimateAsync(Window);
        await follower.LookAsync(Cancel);

        time.Advance(TimeSpan.FromMinutes(3));
        await EstimateAsync(Window.Next);
        await follower.LookAsync(Cancel);

        Assert.Equal(1, published);
    }

    void IMqttPublisher.Publish(string topic, ReadOnlySpan<byte> payload, bool retain) => published++;

    async Task ReleaseAsync()
    {
        await using var transaction = await database.Releases.BeginAsync(Cancel);
        var record = new LedgerRecord(
            1, LedgerEntryKind.Window, Window.End, PrivacyDay.Of(Window, TimeZoneInfo.Utc), Window, LedgerEntry.Genesis, 1,
            ValuesHash.OfNothing, 0.028m);
        await transaction.AppendLedgerAsync(LedgerEntry.Create(record, LedgerEntry.Genesis), Cancel);
        await transaction.CommitAsync(Cancel);
    }

    ValueTask EstimateAsync(HourWindow window) => database.Estimates.WriteAsync(
        [new Estimate(Area.Parse("120"), Quantity.Pm25, Resolution.Hour, window.Start, window.End, 8.25, 1.5, 5.25, 11.25,
            EstimateStatus.Live)], Cancel);
}
