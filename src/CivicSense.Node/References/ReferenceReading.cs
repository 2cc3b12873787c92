using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Node.References;

/// <summary>One hourly value as a source has it.</summary>
readonly record struct StationValue(Quantity Quantity, HourWindow Window, double Value);

/// <summary>What was read from a source, and what was refused.</summary>
sealed class ReferenceReading
{
    /// <summary>How many refusals are kept in words.</summary>
    const int RefusalsTold = 5;

    readonly List<string> refusals = [];

    /// <summary>The values, in the order of the source.</summary>
    public List<StationValue> Values { get; } = [];

    /// <summary>Rows and values that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Of those, values outside the range of their quantity.</summary>
    public int OutOfRange { get; private set; }

    /// <summary>The first refusal that is not for a value outside the range, in words; null where there is none.</summary>
    public string? FirstUnreadable { get; private set; }

    /// <summary>The first refusals in words, with their lines.</summary>
    public IReadOnlyList<string> Refusals => refusals;

    public void Refuse(long line, string reason)
    {
        var refusal = Add(line, reason);
        FirstUnreadable ??= refusal;
    }

    public void RefuseOutOfRange(long line, Quantity quantity, double value)
    {
        OutOfRange++;
        Add(line, string.Create(
            CultureInfo.InvariantCulture,
            $"{quantity} {value} is outside of {quantity.Minimum} to {quantity.Maximum} {quantity.Unit}. In another unit? Set format.factors."));
    }

    string Add(long line, string reason)
    {
        Refused++;
        var refusal = FormattableString.Invariant($"line {line}: {reason}");
        if (refusals.Count < RefusalsTold)
            refusals.Add(refusal);
        return refusal;
    }
}
