using CivicSense.Commons;
using Npgsql;
using static CivicSense.Storage.Tests.ContributedMonths;

namespace CivicSense.Storage.Tests;

/// <summary>
/// Chunks of contributions that have been released are dropped when a new month begins, also where nothing runs policies.
/// </summary>
public sealed class OldChunkTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Released_chunks_go_with_the_first_row_of_a_new_month()
    {
        await using var store = await TimescaleStore.CreateAsync();
        await CommitAsync(store, June, July);
        await ReleaseThroughAsync(store, new HourWindow(August.Index - 1));
        Assert.Equal([DayOf(June), DayOf(July)], await ChunksAsync(store));

        await CommitAsync(store, August.Next);

        Assert.Equal([DayOf(August)], await ChunksAsync(store));
        Assert.Single(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Chunk_whose_last_hour_is_not_released_stays_with_what_is_in_it()
    {
        await using var store = await TimescaleStore.CreateAsync();
        var last = new HourWindow(August.Index - 1);
        await CommitAsync(store, June, last);
        await ReleaseThroughAsync(store, new HourWindow(last.Index - 1));

        await CommitAsync(store, August.Next);

        Assert.Equal([DayOf(last), DayOf(August)], await ChunksAsync(store));
        Assert.Equal([last, August.Next], (await store.Vault.ReadContributionsAsync(Cancel)).Select(row => row.Window));
    }

    [Fact]
    public async Task Nobody_but_ingestion_may_drop_chunks_and_it_may_not_empty_the_table()
    {
        await using var store = await TimescaleStore.CreateAsync();
        foreach (var (role, statement) in new[]
        {
            ("civicsense_release", "SELECT vault.drop_released_months()"), ("civicsense_public", "SELECT vault.drop_released_months()"),
            ("civicsense_ingest", "TRUNCATE vault.contribution"),
        })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => store.QueryAsync<object>($"SET ROLE {role}; {statement}"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            await store.QueryAsync<object>("RESET ROLE");
        }
    }

    static long DayOf(HourWindow window) => window.Index / 24 * 24;

    static Task<List<long>> ChunksAsync(PostgresStore store) => store.QueryAsync<long>("""
        SELECT range_start_integer FROM timescaledb_information.chunks
        WHERE hypertable_schema = 'vault' AND hypertable_name = 'contribution' ORDER BY 1
        """);
}
