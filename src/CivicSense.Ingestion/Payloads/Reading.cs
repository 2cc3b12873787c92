using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>One value of one quantity at one instant. Lives in memory only.</summary>
/// <param name="QuantityOrdinal">The quantity.</param>
/// <param name="Value">The value in the quantity's unit; finite and in range.</param>
/// <param name="Time">Milliseconds since 1970.</param>
readonly record struct Reading(byte QuantityOrdinal, double Value, long Time)
{
    public Quantity Quantity => Quantity.All[QuantityOrdinal];
}

/// <summary>The readings of one message, and what was wrong with the rest of it. Reused from message to message.</summary>
sealed class ReadingBuffer
{
    readonly int[] refused = new int[Enum.GetValues<ReadingOutcome>().Length];
    Reading[] readings = new Reading[4];
    bool hasRefused;

    /// <summary>Where texts with escapes are put while a message is read.</summary>
    public UnescapedTexts Texts { get; } = new();

    public int Count { get; private set; }

    public ReadOnlySpan<Reading> Readings => readings.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        if (hasRefused)
            Array.Clear(refused);
        hasRefused = false;
    }

    /// <summary>Adds a reading after checking its value.</summary>
    public void Add(Quantity quantity, double value, long time)
    {
        if (!double.IsFinite(value))
        {
            Refuse(ReadingOutcome.NotANumber);
        }
        else if (!quantity.IsValid(value))
        {
            Refuse(ReadingOutcome.OutOfRange);
        }
        else
        {
            if (Count == readings.Length)
                Array.Resize(ref readings, 2 * Count);
            readings[Count++] = new Reading(quantity.Ordinal, value, time);
        }
    }

    public void Refuse(ReadingOutcome reason)
    {
        hasRefused = true;
        refused[(int)reason]++;
    }

    /// <summary>Adds what was refused to the node's totals.</summary>
    public void CountRefused(IngestionStatistics statistics)
    {
        if (!hasRefused)
            return;
        for (var i = 0; i < refused.Length; i++)
        {
            if (refused[i] != 0)
                statistics.Count((ReadingOutcome)i, refused[i]);
        }
    }
}
