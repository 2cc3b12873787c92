using System.Collections.Immutable;

namespace CivicSense.Ingestion;

/// <summary>What became of a reading or of a message.</summary>
public enum ReadingOutcome
{
    /// <summary>The reading is in its contribution.</summary>
    Accepted,

    /// <summary>Not newer than the newest of its device, quantity and window: delivered again, or out of order.</summary>
    Duplicate,

    /// <summary>Its window has closed.</summary>
    Late,

    /// <summary>Its time is ahead of the node's clock by more than five minutes.</summary>
    AheadOfTime,

    /// <summary>The value is outside the quantity's valid range.</summary>
    OutOfRange,

    /// <summary>The value is no finite number.</summary>
    NotANumber,

    /// <summary>The quantity is not known.</summary>
    UnknownQuantity,

    /// <summary>The unit is not known for this quantity.</summary>
    UnknownUnit,

    /// <summary>The message is no valid payload of a known kind; counted once per message.</summary>
    Malformed,

    /// <summary>The message's payload is longer than 64 KiB; counted once per message.</summary>
    TooLarge,

    /// <summary>The message was sent to a topic that is not the device's own; counted once per message.</summary>
    ForeignTopic,

    /// <summary>The message came from a broker and names no enrolled device; counted once per message.</summary>
    UnknownDevice,

    /// <summary>The reading has no time of its own, and came through a broker's session, in which it may have waited for days.</summary>
    Untimed,
}

/// <summary>Totals over the whole node since it started. Nothing here tells devices, owners, areas or hours apart. Thread-safe.</summary>
public sealed class IngestionStatistics
{
    static readonly ImmutableArray<ReadingOutcome> Outcomes = [.. Enum.GetValues<ReadingOutcome>()];

    readonly long[] counts = new long[Outcomes.Length];
    ImmutableArray<OutcomeCounts> parts = [];
    long messages;

    /// <summary>Messages received.</summary>
    public long Messages => Volatile.Read(ref messages) + parts.Sum(part => part.Messages);

    /// <summary>Readings accepted.</summary>
    public long Accepted => this[ReadingOutcome.Accepted];

    /// <summary>Readings and messages that were not accepted, for whatever reason.</summary>
    public long Refused => Outcomes.Where(outcome => outcome != ReadingOutcome.Accepted).Sum(outcome => this[outcome]);

    /// <summary>How often an outcome occurred.</summary>
    public long this[ReadingOutcome outcome] => Volatile.Read(ref counts[(int)outcome]) + parts.Sum(part => part[outcome]);

    /// <summary>All outcomes with how often they occurred.</summary>
    public IReadOnlyDictionary<ReadingOutcome, long> Snapshot() => Outcomes.ToDictionary(outcome => outcome, outcome => this[outcome]);

    /// <summary>Makes a part that one thread at a time counts. The totals include it from now on.</summary>
    internal OutcomeCounts AddPart()
    {
        var part = new OutcomeCounts();
        ImmutableInterlocked.Update(ref parts, static (all, one) => all.Add(one), part);
        return part;
    }

    /// <summary>Counts readings as late that had been accepted, because their window was released before they could be stored.</summary>
    internal void CountAsLate(int readings)
    {
        Count(ReadingOutcome.Late, readings);
        Count(ReadingOutcome.Accepted, -readings);
    }

    internal void CountMessage() => Interlocked.Increment(ref messages);

    internal void Count(ReadingOutcome outcome, int times = 1) => Interlocked.Add(ref counts[(int)outcome], times);
}
