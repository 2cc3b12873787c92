namespace CivicSense.Ingestion;

/// <summary>A part of the node's totals that one thread at a time counts, so that counting costs no more than an addition.</summary>
sealed class OutcomeCounts
{
    readonly long[] counts = new long[Enum.GetValues<ReadingOutcome>().Length];
    long messages;

    /// <summary>Messages received. May be read by any thread.</summary>
    public long Messages => Volatile.Read(ref messages);

    /// <summary>How often an outcome occurred. May be read by any thread.</summary>
    public long this[ReadingOutcome outcome] => Volatile.Read(ref counts[(int)outcome]);

    /// <summary>Counts a message.</summary>
    public void CountMessage() => Volatile.Write(ref messages, messages + 1);

    /// <summary>Counts a reading.</summary>
    public void Count(ReadingOutcome outcome) => Volatile.Write(ref counts[(int)outcome], counts[(int)outcome] + 1);
}
