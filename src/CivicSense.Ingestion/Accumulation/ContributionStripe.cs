using System.Diagnostics;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The open contributions of a part of the devices. All members but <see cref="Sync"/> are used with it held.</summary>
sealed class ContributionStripe(OutcomeCounts counts)
{
    readonly Dictionary<int, DeviceAccumulator> devices = [];
    readonly SeriesTable table = new();

    /// <summary>Guards the stripe. Held for one message, or for one step of a commit.</summary>
    public Lock Sync { get; } = new();

    /// <summary>The ticket of the newest change of any of its devices.</summary>
    public long LastTicket { get; set; }

    /// <summary>What became of the stripe's messages and readings.</summary>
    public OutcomeCounts Counts { get; } = counts;

    /// <summary>Records that there is room for in memory, in use or free.</summary>
    public int SeriesUsed => table.Used;

    /// <summary>The device; made when first asked for.</summary>
    public DeviceAccumulator Of(int deviceId)
    {
        Debug.Assert(Sync.IsHeldByCurrentThread);
        if (!devices.TryGetValue(deviceId, out var device))
            devices.Add(deviceId, device = new DeviceAccumulator(deviceId, this));
        return device;
    }

    /// <summary>The devices that were asked for.</summary>
    public IReadOnlyCollection<DeviceAccumulator> Devices
    {
        get
        {
            Debug.Assert(Sync.IsHeldByCurrentThread);
            return devices.Values;
        }
    }

    /// <summary>Adds a reading to its contribution.</summary>
    /// <returns><see cref="ReadingOutcome.Accepted"/> or <see cref="ReadingOutcome.Duplicate"/>.</returns>
    public ReadingOutcome Add(DeviceAccumulator device, in Reading reading, HourWindow window)
    {
        Debug.Assert(Sync.IsHeldByCurrentThread && device.Stripe == this);
        var index = table.Find(device.FirstSeries, window, reading.QuantityOrdinal);
        if (index == SeriesTable.None)
            index = table.Add(ref device.FirstSeries, device.DeviceId, window, reading.QuantityOrdinal);
        var value = reading.Quantity.Averaging == Averaging.Energetic ? Math.Pow(10, reading.Value / 10) : reading.Value;
        return table.TryUpdate(index, value, reading.Time) ? ReadingOutcome.Accepted : ReadingOutcome.Duplicate;
    }

    /// <summary>Takes over a contribution that is already in the vault, after a restart.</summary>
    public void Restore(in Contribution contribution) => table.Restore(ref Of(contribution.DeviceId).FirstSeries, contribution);

    /// <inheritdoc cref="SeriesTable.TakeChanges"/>
    public void TakeChanges(CommitBatch batch)
    {
        Debug.Assert(Sync.IsHeldByCurrentThread);
        table.TakeChanges(batch);
    }

    /// <summary>Drops the contributions of windows that have closed, of all devices. They are in the vault.</summary>
    public void DropThrough(HourWindow window)
    {
        Debug.Assert(Sync.IsHeldByCurrentThread);
        foreach (var device in devices.Values)
            table.DropThrough(ref device.FirstSeries, window);
    }
}
