using System.Buffers;
using System.Collections.Concurrent;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>All open contributions of the node, in memory, and what of them is not yet durable.</summary>
/// <remarks>
/// <para>Tickets number the group commits. A message gets the ticket of the commit that will take its changes; it is durable when that
/// commit has ended. The ticket is read while the device is locked and after it has been queued. A commit first moves the ticket on, then
/// takes the queue, then each device's changes under its lock. So whoever is queued too late for a commit reads the ticket of the next,
/// and changes are never taken by a later commit than their ticket says.</para>
/// <para>
/// They may be taken by an earlier one. Then <see cref="TakeChanges"/> reports that another commit, possibly empty, must follow.
/// </para>
/// </remarks>
sealed class OpenContributions(AcceptanceTime acceptance, IngestionStatistics statistics)
{
    readonly ConcurrentDictionary<int, DeviceAccumulator> devices = new();
    readonly Lock queueSync = new();
    List<DeviceAccumulator> queue = [];
    List<DeviceAccumulator> taken = [];
    long openTicket = 1;
    long closedThrough = long.MinValue;

    /// <summary>Called when a device has been queued into an empty list; set once by the committer.</summary>
    public Action ChangesWaiting { private get; set; } = static () => { };

    /// <summary>The ticket that changes get now.</summary>
    public long OpenTicket => Volatile.Read(ref openTicket);

    /// <summary>The contributions of a device; made when first asked for.</summary>
    public DeviceAccumulator Of(int deviceId) => devices.GetOrAdd(deviceId, static id => new DeviceAccumulator(id));

    /// <summary>Adds one message's readings, all or none of which are in the same commit.</summary>
    /// <returns>The ticket to wait for before the message is acknowledged; 0 if nothing has to be waited for.</returns>
    public long Add(DeviceAccumulator device, ReadOnlySpan<Reading> readings)
    {
        var accepted = 0;
        var now = acceptance.Now;
        long ticket;
        lock (device.Sync)
        {
            foreach (ref readonly var reading in readings)
            {
                var outcome = AddOne(device, reading, now);
                if (outcome == ReadingOutcome.Accepted) accepted++;
                else statistics.Count(outcome);
            }
            if (accepted > 0)
            {
                if (!device.IsQueued)
                    Enqueue(device);
                device.LastTicket = OpenTicket;
            }
            // A redelivery changes nothing, but must not be acknowledged before what it repeats is durable.
            ticket = device.LastTicket;
        }
        if (accepted > 0)
            statistics.Count(ReadingOutcome.Accepted, accepted);
        return ticket;
    }

    ReadingOutcome AddOne(DeviceAccumulator device, in Reading reading, long now)
    {
        var window = HourWindow.OfUnixMilliseconds(reading.Time);
        var outcome = acceptance.Check(reading.Time, window, now);
        if (outcome != ReadingOutcome.Accepted)
            return outcome;
        return window.Index <= Volatile.Read(ref closedThrough) ? ReadingOutcome.Late : device.Add(reading, window);
    }

    void Enqueue(DeviceAccumulator device)
    {
        device.IsQueued = true;
        bool first;
        lock (queueSync)
        {
            queue.Add(device);
            first = queue.Count == 1;
        }
        if (first)
            ChangesWaiting();
    }

    /// <summary>Begins a commit: takes all changes made so far. Called by the committer only.</summary>
    /// <param name="batch">Receives the changed contributions.</param>
    /// <param name="another">Whether another commit must follow even if nothing more changes.</param>
    /// <returns>The ticket that is durable when the batch is.</returns>
    public long TakeChanges(ArrayBufferWriter<Contribution> batch, out bool another)
    {
        var ticket = Interlocked.Increment(ref openTicket) - 1;
        lock (queueSync)
            (queue, taken) = (taken, queue);
        another = false;
        foreach (var device in taken)
        {
            lock (device.Sync)
            {
                device.IsQueued = false;
                another |= device.LastTicket > ticket;
                device.TakeChanges(batch);
            }
        }
        taken.Clear();
        return ticket;
    }

    /// <summary>Takes over what the vault holds, before the first message.</summary>
    public void Restore(IEnumerable<Contribution> contributions)
    {
        foreach (var contribution in contributions)
        {
            var device = Of(contribution.DeviceId);
            lock (device.Sync)
                device.Restore(contribution);
        }
    }

    /// <summary>Accepts nothing more for <paramref name="through"/> and earlier windows from the moment of return.</summary>
    public void Close(HourWindow through)
    {
        Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index));
        // A message that read the old value still holds its device's lock.
        foreach (var device in devices.Values)
        {
            lock (device.Sync)
            {
                // Taking the lock is all there is to do.
            }
        }
    }

    /// <summary>Drops closed windows from memory, once they are durable.</summary>
    public void DropThrough(HourWindow through)
    {
        foreach (var device in devices.Values)
        {
            lock (device.Sync)
                device.DropThrough(through);
        }
    }
}
