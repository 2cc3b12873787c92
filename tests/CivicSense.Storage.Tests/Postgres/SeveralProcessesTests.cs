using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>Several processes on one PostgreSQL.</summary>
public sealed class SeveralProcessesTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contributions_of_several_ingest_processes_are_merged_for_the_release()
    {
        await using var store = await PostgresStore.CreateAsync();
        var device = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel));
        await using var second = await store.OpenAnotherAsync("second");
        var here = Samples.Contribution(device.Id, Samples.Window, sum: 12.5, count: 3);
        var there = here with { Count = 2, Sum = 7.25, LastTime = here.LastTime + 60_000 };
        await store.Vault.CommitAsync(new[] { here }, Cancel);
        await second.Vault.CommitAsync(new[] { there }, Cancel);

        var merged = here with { Count = 5, Sum = 19.75, LastTime = there.LastTime };
        Assert.Equal([merged], (await store.Vault.ReadOpenHoursAsync(device.Id, Cancel)).Contributions);
        // Each goes on with its own after a restart.
        Assert.Equal([here], await store.Vault.ReadContributionsAsync(Cancel));
        Assert.Equal([there], await second.Vault.ReadContributionsAsync(Cancel));
        await using var release = await store.Releases.BeginAsync(Cancel);
        Assert.Equal([merged], await release.ReadContributionsAsync(Samples.Window, Cancel));
    }

    [Fact]
    public async Task Contribution_that_waited_for_a_release_of_another_process_is_refused_after_it()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel);
        await using var release = await store.Releases.BeginAsync(Cancel);
        var late = second.Vault.CommitAsync(new[] { Samples.Contribution(2, Samples.Window) }, Cancel).AsTask();
        Assert.Single(await release.ReadContributionsAsync(Samples.Window, Cancel));
        await release.CompleteWindowsAsync(Samples.Window, Cancel);
        Assert.False(late.IsCompleted);
        await release.CommitAsync(Cancel);

        Assert.Equal(Samples.Window, (await Assert.ThrowsAsync<WindowReleasedException>(() => late)).Through);
        Assert.Empty(await second.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Release_whose_connection_is_cut_is_undone_and_can_be_done_over()
    {
        await using var store = await PostgresStore.CreateAsync();
        var contribution = Samples.Contribution(1, Samples.Window);
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);
        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            await release.CompleteWindowsAsync(Samples.Window, Cancel);
            await store.QueryAsync<bool>(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in "
                    + "transaction'");

            await Assert.ThrowsAsync<VaultUnavailableException>(async () => await release.CommitAsync(Cancel));
        }

        Assert.Equal([contribution], await store.Vault.ReadContributionsAsync(Cancel));
        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));
        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Failure_messages_name_nobody()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.QueryAsync<int>("ALTER TABLE vault.owner ADD CONSTRAINT nobody CHECK (name = '')");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await store.Vault.EnrolAsync([Samples.Request("Household Distinctive", "distinctive-1")], Cancel));

        Assert.DoesNotContain("istinctive", failure.ToString(), StringComparison.Ordinal);
    }
}
