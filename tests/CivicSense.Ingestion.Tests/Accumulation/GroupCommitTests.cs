using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Accumulation;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Acknowledged_readings_are_in_the_vault_as_running_totals()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var (device, now) = (store.Devices[0].Id, ingest.Clock.Milliseconds);
        await ingest.DurableAsync(ingest.Add(device, 10, now));
        await ingest.DurableAsync(ingest.Add(device, 14, now + 1));
        await ingest.DurableAsync(ingest.Add(device, 60, now, Quantity.Laeq));
        await ingest.DurableAsync(ingest.Add(device, 70, now + 1, Quantity.Laeq));

        var stored = await store.Vault.ReadContributionsAsync(CancellationToken.None);
        Assert.Equal(2, stored.Count);
        Assert.Equal(new Contribution(device, Quantity.Pm25.Ordinal, ingest.Window, 2, 24, now + 1), stored[0]);
        Assert.Equal((2, now + 1), (stored[1].Count, stored[1].LastTime));
        Assert.Equal(67.4036, stored[1].Mean, tolerance: 1e-4);
    }

    [Fact]
    public async Task Redelivered_reading_is_counted_once_and_acknowledged_only_when_the_original_is_durable()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var (device, now) = (store.Devices[0].Id, ingest.Clock.Milliseconds);

        long original, redelivered;
        Task acknowledged;
        using (await vault.HoldAsync())
        {
            original = ingest.Add(device, 10, now);
            redelivered = ingest.Add(device, 10, now);
            Assert.True(redelivered >= original);
            acknowledged = ingest.DurableAsync(redelivered);
            Assert.False(acknowledged.IsCompleted);
            Assert.True(ingest.Commit.DurableTicket < original);
        }
        await acknowledged;

        Assert.Equal((1, 10), Assert.Single(vault.Durable.Values) is var c ? (c.Count, c.Sum) : default);
        Assert.Equal(1, ingest.Statistics[ReadingOutcome.Duplicate]);
        Assert.Equal(1, ingest.Statistics.Accepted);
    }

    [Fact]
    public async Task Restart_goes_on_with_the_totals_and_recognises_what_was_delivered_before()
    {
        await using var store = await TemporaryVault.CreateAsync();
        var device = store.Devices[1].Id;
        long now;
        await using (var before = await Ingest.StartAsync(store.Vault))
        {
            now = before.Clock.Milliseconds;
            await before.DurableAsync(before.Add(device, 10, now));
            await before.DurableAsync(before.Add(device, 11, now + 1));
        }
        await store.RestartAsync();

        await using var after = await Ingest.StartAsync(store.Vault);
        await after.DurableAsync(after.Add(device, 11, now + 1));
        await after.DurableAsync(after.Add(device, 12, now + 2));
        Assert.Equal(1, after.Statistics[ReadingOutcome.Duplicate]);
        var stored = Assert.Single(await store.Vault.ReadContributionsAsync(CancellationToken.None));
        Assert.Equal(new Contribution(device, Quantity.Pm25.Ordinal, after.Window, 3, 33, now + 2), stored);
    }

    [Fact]
    public async Task While_the_vault_is_unavailable_nothing_is_acknowledged_and_afterwards_everything_is_durable()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault) { IsUnavailable = true };
        await using var ingest = await Ingest.StartAsync(vault);
        var now = ingest.Clock.Milliseconds;

        var first = ingest.DurableAsync(ingest.Add(store.Devices[0].Id, 10, now));
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > 0);
        // More of the same device, and another device, while the first batch is tried again.
        var second = ingest.DurableAsync(ingest.Add(store.Devices[0].Id, 20, now + 1));
        var third = ingest.DurableAsync(ingest.Add(store.Devices[1].Id, 30, now));
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > 1);
        Assert.Equal(0, ingest.Commit.DurableTicket);
        Assert.DoesNotContain(true, new[] { first.IsCompleted, second.IsCompleted, third.IsCompleted });

        vault.IsUnavailable = false;
        await Task.WhenAll(first, second, third);
        var stored = await store.Vault.ReadContributionsAsync(CancellationToken.None);
        Assert.Equal([(2, 30.0), (1, 30.0)], stored.Select(contribution => (contribution.Count, contribution.Sum)));
    }

    [Fact]
    public async Task Stop_while_the_vault_is_unavailable_acknowledges_nothing()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault) { IsUnavailable = true };
        var ingest = await Ingest.StartAsync(vault);
        var acknowledged =
            ingest.Commit.WaitAsync(ingest.Add(store.Devices[0].Id, 10, ingest.Clock.Milliseconds), CancellationToken.None).AsTask();
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > 0);

        await ingest.Commit.StopAsync(CancellationToken.None).WaitAsync(Ingest.Patience);
        Assert.Equal(0, ingest.Commit.DurableTicket);
        Assert.False(acknowledged.IsCompleted);
        Assert.Empty(await store.Vault.ReadContributionsAsync(CancellationToken.None));
        await ingest.DisposeAsync();
    }

    [Fact]
    public async Task Stop_makes_durable_what_arrived_during_the_last_commit()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        var ingest = await Ingest.StartAsync(vault);
        var now = ingest.Clock.Milliseconds;
        Task stopped;
        using (await vault.HoldAsync())
        {
            var first = ingest.Add(store.Devices[0].Id, 10, now);
            await Ingest.UntilAsync(() => ingest.Contributions.OpenTicket > first);
            ingest.Add(store.Devices[1].Id, 20, now);
            stopped = ingest.Commit.StopAsync(CancellationToken.None);
        }
        await stopped.WaitAsync(Ingest.Patience);
        Assert.Equal([10.0, 20.0],
            (await store.Vault.ReadContributionsAsync(CancellationToken.None)).Select(contribution => contribution.Sum));
        await ingest.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_can_be_given_up_and_a_ticket_of_the_past_needs_no_waiting()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var ticket = ingest.Add(store.Devices[0].Id, 10, ingest.Clock.Milliseconds);
        await ingest.DurableAsync(ticket);
        Assert.True(ingest.Commit.WaitAsync(ticket, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.True(ingest.Commit.WaitAsync(0, CancellationToken.None).AsTask().IsCompletedSuccessfully);

        using var cancelled = new CancellationTokenSource();
        var waiting = ingest.Commit.WaitAsync(long.MaxValue, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Ingest.Patience));
    }

    [Fact]
    public async Task Messages_that_arrive_during_a_commit_share_the_next()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var now = ingest.Clock.Milliseconds;
        long last = 0;
        using (await vault.HoldAsync())
        {
            var first = ingest.Add(store.Devices[0].Id, 1, now);
            await Ingest.UntilAsync(() => ingest.Contributions.OpenTicket > first);
            for (var i = 1; i <= 100; i++)
                last = ingest.Add(store.Devices[i % 4].Id, 1, now + i);
        }
        await ingest.DurableAsync(last);
        Assert.Equal(101, vault.Durable.Values.Sum(contribution => contribution.Count));
        Assert.Equal(2, vault.Commits);
    }

    [Fact]
    public async Task No_ticket_completes_before_a_write_that_holds_its_change_whatever_the_vault_does()
    {
        const int Publishers = 4, Devices = 16, Rounds = 150;
        await using var store = await TemporaryVault.CreateAsync(Publishers * Devices);
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var now = ingest.Clock.Milliseconds;

        var publishers = Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            var mine = store.Devices.Skip(publisher * Devices).Take(Devices).Select(device => device.Id).ToArray();
            for (var round = 1; round <= Rounds; round++)
            {
                var tickets = mine.Select(device => ingest.Add(device, 1, now + round)).ToArray();
                for (var i = 0; i < mine.Length; i++)
                {
                    await ingest.DurableAsync(tickets[i]);
                    var durable = vault.DurableReadings(mine[i]);
                    Assert.True(durable >= round, $"Acknowledged reading {round} of a device while {durable} were durable.");
                }
                if (round == Rounds / 2 && publisher == 0)
                {
                    vault.IsUnavailable = true;
                    var failures = Volatile.Read(ref vault.Failures);
                    ingest.Add(mine[0], 1, now + round + 1);
                    await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > failures);
                    vault.IsUnavailable = false;
                }
            }
        })).ToArray();
        await Task.WhenAll(publishers);

        var stored = await store.Vault.ReadContributionsAsync(CancellationToken.None);
        Assert.Equal(store.Devices.Count, stored.Count);
        Assert.All(stored, contribution => Assert.Equal(Rounds, contribution.Count));
    }
}
