using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Accumulation;

/// <summary>A process that stood still or was cut off while the release went on without it.</summary>
public sealed class LateCommitTests
{
    [Fact]
    public async Task What_belongs_to_a_released_window_is_dropped_and_counted_as_late_and_the_rest_is_stored()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var (device, window, now) = (store.Devices[0].Id, ingest.Window, ingest.Clock.Milliseconds);
        await ingest.DurableAsync(ingest.Add(device, 10, now));
        Task acknowledged;
        using (await vault.HoldAsync())
        {
            ingest.Add(device, 11, now + 1);
            ingest.Add(device, 12, now + 2);
            ingest.Clock.Milliseconds = window.End.ToUnixTimeMilliseconds();
            acknowledged = ingest.DurableAsync(ingest.Add(device, 20, ingest.Clock.Milliseconds));
            await store.ReleaseAsync(window);
        }
        await acknowledged;

        var stored = Assert.Single(await store.Vault.ReadContributionsAsync(CancellationToken.None));
        Assert.Equal((window.Next, 1, 20.0), (stored.Window, stored.Count, stored.Sum));
        Assert.Equal((2, 2), (ingest.Statistics.Accepted, ingest.Statistics[ReadingOutcome.Late]));
    }

    [Fact]
    public async Task Released_window_takes_nothing_more_even_by_a_clock_that_is_slow()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var (device, window, now) = (store.Devices[0].Id, ingest.Window, ingest.Clock.Milliseconds);
        await store.ReleaseAsync(window);
        await ingest.DurableAsync(ingest.Add(device, 10, now));
        Assert.Equal((0, 1), (ingest.Statistics.Accepted, ingest.Statistics[ReadingOutcome.Late]));

        // Now it is known here, and nothing is tried in vain any more.
        Assert.True(ingest.Add(store.Devices[1].Id, 10, now) < ingest.Contributions.OpenTicket);
        Assert.Equal(2, ingest.Statistics[ReadingOutcome.Late]);
        Assert.Empty(await store.Vault.ReadContributionsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Replaced_process_ends_and_acknowledges_nothing()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault) { OnCommit = new IngestReplacedException() };
        await using var ingest = await Ingest.StartAsync(vault);
        var acknowledged =
            ingest.Commit.WaitAsync(ingest.Add(store.Devices[0].Id, 10, ingest.Clock.Milliseconds), CancellationToken.None).AsTask();

        await Assert.ThrowsAsync<IngestReplacedException>(() => ingest.Commit.ExecuteTask!.WaitAsync(Ingest.Patience));
        Assert.False(acknowledged.IsCompleted);
    }
}
