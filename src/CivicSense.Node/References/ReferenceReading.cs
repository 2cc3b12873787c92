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

    readonly List<Refusal> refusals = [];

    /// <summary>The values, in the order of the source.</summary>
    public List<StationValue> Values { get; } = [];

    /// <summary>Rows and values that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Of those, values outside the range of their quantity.</summary>
    public int OutOfRange { get; private set; }

    /// <summary>
    /// The first refusal that is not for a value outside the range, without words of the source; null where there is none.
    /// </summary>
    public string? FirstUnreadable { get; private set; }

    /// <summary>The first refusals in words, with their lines.</summary>
    public IReadOnlyList<Refusal> Refusals => refusals;

    public void Refuse(long line, string reason, string quotation = "")
    {
        var refusal = Add(line, reason, quotation);
        FirstUnreadable ??= refusal.Reason;
    }

    public void RefuseOutOfRange(long line, Quantity quantity, double value)
    {
        OutOfRange++;
        Add(
            line,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{quantity} is outside of {quantity.Minimum} to {quantity.Maximum} {quantity.Unit}. In another unit? Set format.factors."),
            string.Create(CultureInfo.InvariantCulture, $"It is {value}."));
    }

    Refusal Add(long line, string reason, string quotation)
    {
        Refused++;
        var refusal = new Refusal(FormattableString.Invariant($"line {line}: {reason}"), quotation);
        if (refusals.Count < RefusalsTold)
            refusals.Add(refusal);
        return refusal;
    }
}
