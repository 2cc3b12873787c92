using CivicSense.Commons;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage.Tests;

/// <summary>What of the revisions depends on the file and on the clock.</summary>
public sealed class SqliteRevisionHistoryTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 6, 3, 12, 0, 0, TimeSpan.Zero);
    static readonly Estimate Live = Samples.Estimate(Samples.North, Samples.Window, 10);
    static readonly Estimate Final = Samples.Estimate(Samples.North, Samples.Window, 12, EstimateStatus.Final);

    readonly TemporaryFolder folder = new();
    readonly SettableTime time = new(Noon);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string DatabasePath => folder.File("node.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task History_of_an_older_database_begins_with_the_first_estimate_that_is_written()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        using (var session = file.OpenWriter())
        {
            SqliteMigrator.Migrate(session, DatabasePath, SqliteSchema.Steps.Take(6).ToArray(), NullLogger.Instance);
            session.Execute($"""
                INSERT INTO estimate (area, quantity, resolution, start, until, value, standard_error, lower, upper, status)
                    VALUES ('{Samples.North.QuadKey}', 0, 0, {Samples.Window.Start.ToUnixTimeMilliseconds()},
                        {Samples.Window.End.ToUnixTimeMilliseconds()}, 10, 0.5, 9, 11, 0);
                """);
        }

        await using var database = Open();
        Assert.Equal(new RevisionHistory(Noon, Noon), await database.Commons.ReadRevisionHistoryAsync(Cancel));
        Assert.Equal([new EstimateRevision(Live, null, null)], await ReadRevisionsAsync(database));
        var another = Samples.Estimate(Samples.North, Samples.Window, 1, quantity: Quantity.Laeq);
        foreach (var (hours, estimate) in new[] { (1, another), (2, Final) })
        {
            time.Now = Noon.AddHours(hours);
            await database.Estimates.WriteAsync([estimate], Cancel);
        }

        Assert.Equal(new RevisionHistory(Noon.AddHours(1), Noon.AddHours(2)), await database.Commons.ReadRevisionHistoryAsync(Cancel));
        Assert.Equal(
            [new EstimateRevision(Live, null, Noon.AddHours(2)), new EstimateRevision(Final, Noon.AddHours(2), null)],
            await ReadRevisionsAsync(database));
        Assert.Equal([Live], await ReadAsync(database, Noon.AddHours(2).AddMilliseconds(-1)));
        Assert.Equal([Final], await ReadAsync(database, Noon.AddHours(2)));
    }

    [Fact]
    public async Task Revision_follows_the_one_before_although_the_clock_was_set_back()
    {
        await using var database = Open();
        await database.Estimates.WriteAsync([Live], Cancel);
        time.Now = Noon.AddDays(-3);
        await database.Estimates.WriteAsync([Final], Cancel);

        Assert.Equal(
            [new EstimateRevision(Live, Noon, Noon.AddMilliseconds(1)), new EstimateRevision(Final, Noon.AddMilliseconds(1), null)],
            await ReadRevisionsAsync(database));
    }

    [Fact]
    public async Task Publication_within_a_second_is_dated_to_its_end()
    {
        await using var database = Open();
        time.Now = Noon.AddMilliseconds(1);
        await database.Estimates.WriteAsync([Live], Cancel);
        time.Now = Noon.AddSeconds(7).AddMilliseconds(999);
        await database.Estimates.WriteAsync([Final], Cancel);

        Assert.Equal(
            [new EstimateRevision(Live, Noon.AddSeconds(1), Noon.AddSeconds(8)), new EstimateRevision(Final, Noon.AddSeconds(8), null)],
            await ReadRevisionsAsync(database));
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(new SqliteOptions { Path = DatabasePath }, time, NullLogger.Instance);

    static ValueTask<IReadOnlyList<Estimate>> ReadAsync(SqliteNodeDatabase database, DateTimeOffset asOf) =>
        database.Commons.ReadEstimatesAsync(
        new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Samples.Window.Start, Samples.Window.End, 10) { AsOf = asOf },
        Cancel);

    static ValueTask<IReadOnlyList<EstimateRevision>> ReadRevisionsAsync(SqliteNodeDatabase database) =>
        database.Commons.ReadEstimateRevisionsAsync(
            new EstimateRevisionQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Samples.Window.Start, Samples.Window.End, 10), Cancel);

    sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
