using CivicSense.Commons;

namespace CivicSense.Ingestion.Tests.Accumulation;

public sealed class WindowGateTests
{
    [Fact]
    public async Task Closed_window_takes_nothing_more_and_the_next_does()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var (device, window) = (store.Devices[0].Id, ingest.Window);
        var now = ingest.Clock.Milliseconds;
        ingest.Add(device, 10, now);
        await ingest.CloseAsync(window);

        // Durable although nobody waited for its ticket.
        Assert.Equal(10, Assert.Single(await store.Vault.ReadContributionsAsync(CancellationToken.None)).Sum);
        ingest.Add(device, 11, now + 1);
        ingest.Add(store.Devices[1].Id, 11, now + 1);
        Assert.Equal(2, ingest.Statistics[ReadingOutcome.Late]);

        ingest.Clock.Milliseconds = window.End.ToUnixTimeMilliseconds();
        await ingest.DurableAsync(ingest.Add(device, 12, ingest.Clock.Milliseconds));
        Assert.Equal([10.0, 12.0],
            (await store.Vault.ReadContributionsAsync(CancellationToken.None)).Select(contribution => contribution.Sum));
    }

    [Fact]
    public async Task Earlier_windows_are_closed_too_and_closing_an_older_one_opens_nothing()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var window = ingest.Window;
        ingest.Clock.Milliseconds = window.Start.ToUnixTimeMilliseconds() + 1;
        await ingest.CloseAsync(window);
        await ingest.CloseAsync(new HourWindow(window.Index - 2));
        ingest.Add(store.Devices[0].Id, 1, window.Start.ToUnixTimeMilliseconds());
        ingest.Add(store.Devices[0].Id, 1, window.Start.ToUnixTimeMilliseconds() - 1);
        Assert.Equal(2, ingest.Statistics[ReadingOutcome.Late]);
    }

    [Fact]
    public async Task Closed_windows_leave_the_memory_and_are_not_written_again()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var (device, window) = (store.Devices[0].Id, ingest.Window);
        ingest.Add(device, 10, ingest.Clock.Milliseconds);
        await ingest.CloseAsync(window);
        vault.Durable.Clear();

        ingest.Clock.Milliseconds = window.End.ToUnixTimeMilliseconds();
        await ingest.DurableAsync(ingest.Add(device, 12, ingest.Clock.Milliseconds));
        Assert.Equal(window.Next, Assert.Single(vault.Durable.Values).Window);
        // Whether the old window is still known would show in a year: without dropping, there would be a record for each hour.
        for (var hour = 2; hour < 1000; hour++)
        {
            ingest.Clock.Milliseconds = window.Start.AddHours(hour).ToUnixTimeMilliseconds();
            var accepted = ingest.Statistics.Accepted;
            ingest.Add(device, 12, ingest.Clock.Milliseconds);
            Assert.Equal(accepted + 1, ingest.Statistics.Accepted);
            var stripe = ingest.Contributions.Of(device).Stripe;
            lock (stripe.Sync)
                stripe.TakeChanges(new());
            ingest.Contributions.DropThrough(new HourWindow(window.Index + hour));
        }
    }

    [Fact]
    public async Task Close_waits_for_the_vault_and_can_be_repeated_after_it_was_given_up()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault) { IsUnavailable = true };
        await using var ingest = await Ingest.StartAsync(vault);
        ingest.Add(store.Devices[0].Id, 10, ingest.Clock.Milliseconds);
        using var cancelled = new CancellationTokenSource();
        var closing = ingest.Commit.CloseAsync(ingest.Window, cancelled.Token).AsTask();
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > 0);
        Assert.False(closing.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing.WaitAsync(Ingest.Patience));

        vault.IsUnavailable = false;
        await ingest.CloseAsync(ingest.Window);
        Assert.Equal(10, Assert.Single(vault.Durable.Values).Sum);
    }

    [Fact]
    public async Task Under_load_everything_accepted_for_a_closed_window_is_durable_when_the_close_returns()
    {
        const int Publishers = 4, Devices = 8, Windows = 20;
        await using var store = await TemporaryVault.CreateAsync(Publishers * Devices);
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        var first = ingest.Window;
        var accepted = new int[Windows + 1];
        var stop = 0;

        var publishers = Enumerable.Range(0, Publishers).Select(publisher => Task.Factory.StartNew(
            () =>
            {
                var newest = new long[Devices];
                for (var i = 0; Volatile.Read(ref stop) == 0; i = (i + 1) % Devices)
                {
                    // Each device's times grow; at the end of an hour the publishers still send into the window that is being closed.
                    newest[i] = Math.Max(newest[i] + 1, ingest.Clock.Milliseconds);
                    ingest.Add(store.Devices[publisher * Devices + i].Id, 1, newest[i]);
                    if (i == 0)
                        Thread.Yield();
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        for (var n = 0; n < Windows; n++)
        {
            var window = new HourWindow(first.Index + n);
            await ingest.CloseAsync(window);
            var atClose = vault.Durable.Values.Where(c => c.Window == window).ToDictionary(c => c.DeviceId, c => c.Count);
            accepted[n] = atClose.Values.Sum();
            // The publishers go on into the closed window for a while, and then into the next.
            var late = ingest.Statistics[ReadingOutcome.Late];
            await Ingest.UntilAsync(() => ingest.Statistics[ReadingOutcome.Late] > late + 50);
            ingest.Clock.Milliseconds = window.Next.Start.ToUnixTimeMilliseconds();
            var beyond = ingest.Statistics.Accepted;
            await Ingest.UntilAsync(() => ingest.Statistics.Accepted > beyond + 200);
            Assert.Equal(atClose, vault.Durable.Values.Where(c => c.Window == window).ToDictionary(c => c.DeviceId, c => c.Count));
        }
        Volatile.Write(ref stop, 1);
        await Task.WhenAll(publishers);
        var last = new HourWindow(first.Index + Windows);
        await ingest.CloseAsync(last);
        accepted[Windows] = vault.Durable.Values.Where(c => c.Window == last).Sum(c => c.Count);

        Assert.All(accepted.Skip(1), count => Assert.True(count > 0));
        // No accepted reading is missing from the vault and none is there twice.
        Assert.Equal(ingest.Statistics.Accepted, accepted.Sum());
        var stored = await store.Vault.ReadContributionsAsync(CancellationToken.None);
        Assert.Equal(ingest.Statistics.Accepted, stored.Sum(contribution => (long)contribution.Count));
    }
}
