using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>All open contributions of the node, in memory, and what of them is not yet durable.</summary>
/// <remarks>
/// <para>Tickets number the group commits. A message gets the ticket of the commit that will take its changes; it is durable when that
/// commit has ended. The ticket is read while the device's stripe is locked and after its changes have been marked. A commit first moves
/// the ticket on, then takes each stripe's changes under its lock. So whoever comes too late for a commit reads the ticket of the next,
/// and changes are never taken by a later commit than their ticket says.</para>
/// <para>
/// They may be taken by an earlier one. Then <see cref="TakeChanges"/> reports that another commit, possibly empty, must follow.
/// </para>
/// </remarks>
sealed class OpenContributions
{
    /// <summary>So many that two threads seldom want the same one.</summary>
    const int StripeCount = 64;

    readonly AcceptanceTime acceptance;
    readonly ContributionStripe[] stripes;
    readonly Lock closing = new();
    long openTicket = 1;
    long closedThrough = long.MinValue;
    int isCalled;

    public OpenContributions(AcceptanceTime acceptance, IngestionStatistics statistics)
    {
        this.acceptance = acceptance;
        stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new ContributionStripe(statistics.AddPart()))];
    }

    /// <summary>Called when there is something to commit, once for each commit; set once by the committer.</summary>
    public Action ChangesWaiting { private get; set; } = static () => { };

    /// <summary>The ticket that changes get now.</summary>
    public long OpenTicket => Volatile.Read(ref openTicket);

    /// <summary>The contributions of a device; made when first asked for.</summary>
    public DeviceAccumulator Of(int deviceId)
    {
        var stripe = StripeOf(deviceId);
        lock (stripe.Sync)
            return stripe.Of(deviceId);
    }

    /// <summary>All devices that have been asked for.</summary>
    public List<DeviceAccumulator> SnapshotDevices()
    {
        var all = new List<DeviceAccumulator>();
        foreach (var stripe in stripes)
        {
            lock (stripe.Sync)
                all.AddRange(stripe.Devices);
        }
        return all;
    }

    /// <summary>Counts one message and adds its readings, all or none of which are in the same commit.</summary>
    /// <param name="device">Who sent it.</param>
    /// <param name="readings">What is in it.</param>
    /// <param name="now">The node's time, milliseconds since 1970.</param>
    /// <returns>The ticket to wait for before the message is acknowledged; 0 or one of the past if nothing has to be waited for.</returns>
    public long Add(DeviceAccumulator device, ReadOnlySpan<Reading> readings, long now)
    {
        var stripe = device.Stripe;
        lock (stripe.Sync)
        {
            stripe.Counts.CountMessage();
            var isChanged = false;
            foreach (ref readonly var reading in readings)
            {
                var outcome = AddOne(device, reading, now);
                stripe.Counts.Count(outcome);
                isChanged |= outcome == ReadingOutcome.Accepted;
            }
            if (isChanged)
            {
                if (Volatile.Read(ref isCalled) == 0)
                    Call();
                stripe.LastTicket = device.LastTicket = OpenTicket;
            }
            // A redelivery changes nothing, but must not be acknowledged before what it repeats is durable.
            return device.LastTicket;
        }
    }

    ReadingOutcome AddOne(DeviceAccumulator device, in Reading reading, long now)
    {
        var window = HourWindow.OfUnixMilliseconds(reading.Time);
        var outcome = acceptance.Check(reading.Time, window, now);
        if (outcome != ReadingOutcome.Accepted)
            return outcome;
        return window.Index <= Volatile.Read(ref closedThrough) ? ReadingOutcome.Late : device.Stripe.Add(device, reading, window);
    }

    void Call()
    {
        if (Interlocked.Exchange(ref isCalled, 1) == 0)
            ChangesWaiting();
    }

    /// <summary>Begins a commit: takes all changes made so far. Called by the committer only.</summary>
    /// <param name="batch">Receives the changed contributions.</param>
    /// <param name="another">Whether another commit must follow even if nothing more changes.</param>
    /// <returns>The ticket that is durable when the batch is.</returns>
    public long TakeChanges(CommitBatch batch, out bool another)
    {
        // Before the stripes are looked at: whoever marks a change after that sees it and calls again.
        Volatile.Write(ref isCalled, 0);
        var ticket = Interlocked.Increment(ref openTicket) - 1;
        another = false;
        foreach (var stripe in stripes)
        {
            lock (stripe.Sync)
            {
                another |= stripe.LastTicket > ticket;
                stripe.TakeChanges(batch);
            }
        }
        return ticket;
    }

    /// <summary>Takes over what the vault holds, before the first message.</summary>
    public void Restore(IEnumerable<Contribution> contributions)
    {
        foreach (var contribution in contributions)
        {
            var stripe = StripeOf(contribution.DeviceId);
            lock (stripe.Sync)
                stripe.Restore(contribution);
        }
    }

    /// <summary>Accepts nothing more for <paramref name="through"/> and earlier windows from the moment of return.</summary>
    public void Close(HourWindow through)
    {
        lock (closing)
            Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index));
        // A message that read the old value still holds its stripe's lock.
        foreach (var stripe in stripes)
        {
            lock (stripe.Sync)
            {
                // Taking the lock is all there is to do.
            }
        }
    }

    /// <summary>Drops closed windows from memory, once they are durable.</summary>
    public void DropThrough(HourWindow through)
    {
        foreach (var stripe in stripes)
        {
            lock (stripe.Sync)
                stripe.DropThrough(through);
        }
    }

    ContributionStripe StripeOf(int deviceId) => stripes[deviceId & (StripeCount - 1)];
}
