using System.Diagnostics;
using System.Runtime.CompilerServices;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The running aggregates of many devices, one record behind the other. Guarded by its owner's lock.</summary>
/// <remarks>
/// A reading changes one record, and a record is half a cache line: with 100,000 of them that is the one access that waits for memory. So
/// the fields of a record lie together, and not in an array each. A device's records are chained, the newest first.
/// </remarks>
sealed class SeriesTable
{
    /// <summary>The end of a chain.</summary>
    public const int None = -1;

    const int MillisecondsOfHour = 3_600_000;

    Series[] series = new Series[16];
    int firstFree = None;
    int[] changed = new int[16];
    int changedCount;

    /// <summary>Records that have been in use so far; those that are free again come first.</summary>
    public int Used { get; private set; }

    /// <summary>
    /// The record of a quantity and window in the chain that begins at <paramref name="first"/>; <see cref="None"/> if there is none.
    /// </summary>
    public int Find(int first, HourWindow window, byte quantityOrdinal)
    {
        for (var index = first; index != None; index = series[index].Next)
        {
            if (series[index].QuantityOrdinal == quantityOrdinal && series[index].Hour == window.Index)
                return index;
        }
        return None;
    }

    /// <summary>Makes an empty record, the new beginning of the chain.</summary>
    public int Add(ref int first, int deviceId, HourWindow window, byte quantityOrdinal)
    {
        var index = Take();
        series[index] = new Series
        {
            // Accepted times lie within a few thousand years of 1970.
            Hour = (int)window.Index, DeviceId = deviceId, QuantityOrdinal = quantityOrdinal, LastOffset = -1, Next = first,
        };
        return first = index;
    }

    /// <summary>Adds one reading to a record.</summary>
    /// <param name="index">The record.</param>
    /// <param name="value">The value, or for energetic averaging its energy.</param>
    /// <param name="time">When it was measured, milliseconds since 1970, within the record's hour.</param>
    /// <returns>False if it is not newer than the newest: it was delivered before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUpdate(int index, double value, long time)
    {
        ref var one = ref series[index];
        var offset = (int)(time - (long)one.Hour * MillisecondsOfHour);
        Debug.Assert(offset is >= 0 and < MillisecondsOfHour);
        // Only the newest time is remembered, so what is not newer counts as delivered before.
        if (offset <= one.LastOffset)
            return false;
        one.LastOffset = offset;
        one.Count++;
        one.Sum += value;
        if (one.NewReadings == 0)
            MarkChanged(index);
        // It stops counting where it is full: that takes an hour without a commit, and only the count of late readings comes from it.
        if (one.NewReadings < ushort.MaxValue)
            one.NewReadings = unchecked((ushort)(one.NewReadings + 1));
        return true;
    }

    /// <summary>Takes over a contribution that is already in the vault.</summary>
    public void Restore(ref int first, in Contribution contribution)
    {
        // First, because it may move the records.
        var index = Add(ref first, contribution.DeviceId, contribution.Window, contribution.QuantityOrdinal);
        ref var one = ref series[index];
        one.Count = contribution.Count;
        one.Sum = contribution.Sum;
        one.LastOffset = (int)(contribution.LastTime - contribution.Window.Start.ToUnixTimeMilliseconds());
    }

    /// <summary>Adds the contributions that have changed since the last call to <paramref name="batch"/>.</summary>
    public void TakeChanges(CommitBatch batch)
    {
        foreach (var index in changed.AsSpan(0, changedCount))
        {
            ref var one = ref series[index];
            batch.Add(one.ToContribution(), one.NewReadings);
            one.NewReadings = 0;
        }
        changedCount = 0;
    }

    /// <summary>Drops the records of windows that have closed. They are in the vault.</summary>
    public void DropThrough(ref int first, HourWindow window)
    {
        ref var link = ref first;
        while (link != None)
        {
            var index = link;
            ref var one = ref series[index];
            if (one.Hour > window.Index)
            {
                link = ref one.Next;
                continue;
            }
            Debug.Assert(one.NewReadings == 0, "A closed window is durable before it is dropped.");
            link = one.Next;
            one.Next = firstFree;
            firstFree = index;
        }
    }

    int Take()
    {
        if (firstFree != None)
        {
            var index = firstFree;
            firstFree = series[index].Next;
            return index;
        }
        if (Used == series.Length)
            Array.Resize(ref series, 2 * Used);
        return Used++;
    }

    void MarkChanged(int index)
    {
        if (changedCount == changed.Length)
            Array.Resize(ref changed, 2 * changedCount);
        changed[changedCount++] = index;
    }

    /// <summary>One device's aggregate of one quantity in one hour: 32 bytes.</summary>
    struct Series
    {
        public double Sum;
        public int Hour;
        /// <summary>Milliseconds from the beginning of the hour to the newest reading.</summary>
        public int LastOffset;
        public int Count;
        public int DeviceId;
        /// <summary>The next record of the device, or of those that are free.</summary>
        public int Next;
        /// <summary>Readings since the last commit that took the record; 0 if it is unchanged.</summary>
        public ushort NewReadings;
        public byte QuantityOrdinal;

        public readonly Contribution ToContribution() =>
            new(DeviceId, QuantityOrdinal, new HourWindow(Hour), Count, Sum, (long)Hour * MillisecondsOfHour + LastOffset);
    }
}
