using CivicSense.Commons;
using Npgsql;
using static CivicSense.Storage.Tests.ContributedMonths;

namespace CivicSense.Storage.Tests;

/// <summary>Months of contributions that have been released are dropped when a new month begins (native partitions).</summary>
public sealed class OldPartitionTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Released_months_go_with_the_first_row_of_a_new_month()
    {
        await using var store = await CreateAsync();
        await CommitAsync(store, June, July);
        await ReleaseThroughAsync(store, new HourWindow(August.Index - 1));
        Assert.Equal(["2026_06", "2026_07"], await MonthsAsync(store));

        await CommitAsync(store, August);

        Assert.Equal(["2026_08", "2026_09"], await MonthsAsync(store));
        Assert.Single(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Month_whose_last_hour_is_not_released_stays_with_what_is_in_it()
    {
        await using var store = await CreateAsync();
        var last = new HourWindow(August.Index - 1);
        await CommitAsync(store, June, last);
        await ReleaseThroughAsync(store, new HourWindow(last.Index - 1));

        await CommitAsync(store, August);

        Assert.Equal(["2026_07", "2026_08", "2026_09"], await MonthsAsync(store));
        Assert.Equal([last, August], (await store.Vault.ReadContributionsAsync(Cancel)).Select(row => row.Window));
    }

    [Fact]
    public async Task Reader_in_the_way_delays_the_dropping_and_stops_no_contribution()
    {
        await using var store = await CreateAsync();
        await CommitAsync(store, June);
        await ReleaseThroughAsync(store, new HourWindow(August.Index - 1));
        await using (var reader = new NpgsqlConnection(store.ConnectionString + ";Pooling=false"))
        {
            await reader.OpenAsync(Cancel);
            await using var transaction = await reader.BeginTransactionAsync(Cancel);
            await using (var read = new NpgsqlCommand("SELECT count(*) FROM vault.contribution", reader, transaction))
                await read.ExecuteScalarAsync(Cancel);

            await CommitAsync(store, August);

            Assert.Equal(["2026_06", "2026_07", "2026_08", "2026_09"], await MonthsAsync(store));
        }

        // The next process to begin looks again.
        await store.RestartAsync();
        await CommitAsync(store, August.Next);
        Assert.Equal(["2026_08", "2026_09"], await MonthsAsync(store));
    }

    [Fact]
    public async Task Nobody_but_ingestion_may_drop_months_and_it_may_drop_no_table()
    {
        await using var store = await CreateAsync();
        await CommitAsync(store, June);

        foreach (var (role, statement) in new[]
        {
            ("civicsense_release", "SELECT vault.drop_released_months()"), ("civicsense_public", "SELECT vault.drop_released_months()"),
            ("civicsense_ingest", "DROP TABLE vault.contribution_2026_06"), ("civicsense_ingest", "SELECT vault.released_months()"),
        })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => store.QueryAsync<object>($"SET ROLE {role}; {statement}"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    static async ValueTask<PostgresStore> CreateAsync()
    {
        var store = await PostgresStore.CreateAsync();
        var kind = await store.QueryAsync<string>(
            "SELECT relkind::text FROM pg_catalog.pg_class WHERE oid = 'vault.contribution'::regclass");
        Assert.SkipUnless(kind is ["p"], "This server has TimescaleDB, whose retention policy drops old hours.");
        return store;
    }

    static Task<List<string>> MonthsAsync(PostgresStore store) => store.QueryAsync<string>("""
        SELECT right(c.relname, 7) FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class c ON c.oid = inhrelid
        WHERE inhparent = 'vault.contribution'::regclass ORDER BY 1
        """);
}
