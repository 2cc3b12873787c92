using System.Buffers;
using System.Diagnostics;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The open contributions of one device. All members are called with <see cref="Sync"/> held.</summary>
sealed class DeviceAccumulator(int deviceId)
{
    Slot[] slots = new Slot[4];
    int count;

    /// <summary>Guards this device.</summary>
    public Lock Sync { get; } = new();

    /// <summary>Whether the device waits in the committer's list.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The ticket of the newest change.</summary>
    public long LastTicket { get; set; }

    /// <summary>Adds a reading to its contribution.</summary>
    /// <returns><see cref="ReadingOutcome.Accepted"/> or <see cref="ReadingOutcome.Duplicate"/>.</returns>
    public ReadingOutcome Add(in Reading reading, HourWindow window)
    {
        Debug.Assert(Sync.IsHeldByCurrentThread);
        var index = Find(window, reading.QuantityOrdinal);
        if (index < 0)
            index = Append(new Slot { Window = window, QuantityOrdinal = reading.QuantityOrdinal, LastTime = long.MinValue });

        ref var slot = ref slots[index];
        // Only the newest time is remembered, so what is not newer counts as delivered before.
        if (reading.Time <= slot.LastTime)
            return ReadingOutcome.Duplicate;
        slot.LastTime = reading.Time;
        slot.Count++;
        slot.Sum += reading.Quantity.Averaging == Averaging.Energetic ? Math.Pow(10, reading.Value / 10) : reading.Value;
        slot.IsChanged = true;
        return ReadingOutcome.Accepted;
    }

    /// <summary>Takes over a contribution that is already in the vault, after a restart.</summary>
    public void Restore(in Contribution contribution) => Append(new Slot
    {
        Window = contribution.Window,
        QuantityOrdinal = contribution.QuantityOrdinal,
        Count = contribution.Count,
        Sum = contribution.Sum,
        LastTime = contribution.LastTime,
    });

    /// <summary>Adds the contributions that have changed since the last call to <paramref name="batch"/>.</summary>
    public void TakeChanges(ArrayBufferWriter<Contribution> batch)
    {
        for (var i = 0; i < count; i++)
        {
            ref var slot = ref slots[i];
            if (!slot.IsChanged)
                continue;
            slot.IsChanged = false;
            batch.GetSpan(1)[0] = new Contribution(deviceId, slot.QuantityOrdinal, slot.Window, slot.Count, slot.Sum, slot.LastTime);
            batch.Advance(1);
        }
    }

    /// <summary>Drops the contributions of windows that have closed. They are in the vault.</summary>
    public void DropThrough(HourWindow window)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            Debug.Assert(slots[i].Window > window || !slots[i].IsChanged, "A closed window is durable before it is dropped.");
            if (slots[i].Window > window)
                slots[kept++] = slots[i];
        }
        count = kept;
    }

    int Find(HourWindow window, byte quantityOrdinal)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            if (slots[i].QuantityOrdinal == quantityOrdinal && slots[i].Window == window)
                return i;
        }
        return -1;
    }

    int Append(in Slot slot)
    {
        if (count == slots.Length)
            Array.Resize(ref slots, 2 * count);
        slots[count] = slot;
        return count++;
    }

    struct Slot
    {
        public HourWindow Window;
        public long LastTime;
        public double Sum;
        public int Count;
        public byte QuantityOrdinal;
        public bool IsChanged;
    }
}
