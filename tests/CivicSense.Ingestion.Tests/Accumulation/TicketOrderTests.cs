using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Accumulation;

/// <summary>
/// The law that acknowledgements rest on: a commit has ended before a ticket completes, and its batch held the ticket's change.
/// </summary>
public sealed class TicketOrderTests
{
    const int Publishers = 3;
    const int DevicesOfEach = 16;
    const int ReadingsOfEach = 150_000;

    readonly ManualClock clock = new();
    readonly OpenContributions contributions;

    public TicketOrderTests() =>
        contributions = new OpenContributions(new AcceptanceTime(clock, TimeSpan.FromMinutes(10)), new IngestionStatistics());

    [Fact]
    public async Task Change_is_never_taken_by_a_later_commit_than_its_ticket_says()
    {
        var finished = 0;
        // For each device, the number of the commit that first held n readings.
        var takenBy = new Dictionary<int, List<long>>();
        var committer = Task.Factory.StartNew(
            () =>
            {
                bool last;
                do
                {
                    last = Volatile.Read(ref finished) != 0;
                    Take(takenBy);
                }
                while (!last);
            },
            TaskCreationOptions.LongRunning);
        var tickets = await PublishAsync();
        Volatile.Write(ref finished, 1);
        await committer;

        foreach (var (device, of) in tickets)
        {
            Assert.Equal(of.Count, takenBy[device].Count);
            for (var n = 0; n < of.Count; n++)
                Assert.True(takenBy[device][n] <= of[n], $"Reading {n} has ticket {of[n]} and was taken by commit {takenBy[device][n]}.");
        }
    }

    [Fact]
    public async Task Every_ticket_is_reached_by_a_committer_that_wakes_only_when_it_is_called()
    {
        using var called = new SemaphoreSlim(0);
        var finished = 0;
        long durable = 0;
        contributions.ChangesWaiting = () => called.Release();
        var committer = Task.Factory.StartNew(
            () =>
            {
                var batch = new CommitBatch();
                while (true)
                {
                    called.Wait();
                    bool another;
                    do
                    {
                        Volatile.Write(ref durable, contributions.TakeChanges(batch, out another));
                        batch.Clear();
                    }
                    while (another);
                    if (Volatile.Read(ref finished) != 0)
                        return;
                }
            },
            TaskCreationOptions.LongRunning);
        var tickets = await PublishAsync();
        var newest = tickets.Values.Max(of => of[^1]);
        await Ingest.UntilAsync(() => Volatile.Read(ref durable) >= newest);
        Volatile.Write(ref finished, 1);
        called.Release();
        await committer.WaitAsync(Ingest.Patience);
    }

    [Fact]
    public void What_a_message_waits_for_depends_on_its_own_device_only()
    {
        // Two devices of one stripe: the second sends nothing that counts, and learns nothing of the first.
        var (first, second) = (contributions.Of(1), contributions.Of(65));
        Assert.Same(first.Stripe, second.Stripe);
        Assert.Equal(1, contributions.Add(first, [Reading(1)], clock.Milliseconds));
        Assert.Equal(0, contributions.Add(second, [], clock.Milliseconds));
        Assert.Equal(1, contributions.Add(first, [Reading(1)], clock.Milliseconds));
    }

    [Fact]
    public void Changes_taken_by_an_earlier_commit_call_for_one_more()
    {
        var device = contributions.Of(1);
        var batch = new CommitBatch();
        Assert.Equal(1, contributions.Add(device, [Reading(1)], clock.Milliseconds));
        // The commit with ticket 1 begins while a message that will get ticket 2 holds its stripe.
        lock (device.Stripe.Sync)
            device.Stripe.LastTicket = 2;
        Assert.Equal(1, contributions.TakeChanges(batch, out var another));
        Assert.True(another);
        Assert.Equal(1, batch.Count);
        batch.Clear();
        Assert.Equal(2, contributions.TakeChanges(batch, out another));
        Assert.False(another);
        Assert.Equal(0, batch.Count);
    }

    async Task<Dictionary<int, List<long>>> PublishAsync()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Factory.StartNew(
            () =>
            {
                var tickets = Enumerable.Range(0, DevicesOfEach).ToDictionary(i => publisher * DevicesOfEach + i, _ => new List<long>());
                for (var i = 0; i < ReadingsOfEach; i++)
                {
                    var id = publisher * DevicesOfEach + i % DevicesOfEach;
                    tickets[id].Add(contributions.Add(contributions.Of(id), [Reading(i + 1)], clock.Milliseconds));
                }
                return tickets;
            },
            TaskCreationOptions.LongRunning)));
        return all.SelectMany(tickets => tickets).ToDictionary();
    }

    void Take(Dictionary<int, List<long>> takenBy)
    {
        var batch = new CommitBatch();
        var ticket = contributions.TakeChanges(batch, out _);
        foreach (ref readonly var contribution in batch.Contributions.Span)
        {
            if (!takenBy.TryGetValue(contribution.DeviceId, out var commits))
                takenBy.Add(contribution.DeviceId, commits = []);
            while (commits.Count < contribution.Count)
                commits.Add(ticket);
        }
    }

    Reading Reading(int offset) => new(Quantity.Pm25.Ordinal, 1, clock.Milliseconds + offset);
}
