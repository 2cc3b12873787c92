using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>Fields of RFC 8428 section 4.1 that hold for all records from the one on in which they stand.</summary>
ref struct SenMLBaseFields
{
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Unit;
    public double Time;
    public double Value;
}

/// <summary>The fields of one record, RFC 8428 section 4.2, and what they mean together with the base fields: section 4.6.</summary>
ref struct SenMLRecord
{
    /// <summary>Times below this are relative to now (section 4.5.3).</summary>
    const double RelativeTimeLimit = 1 << 28;

    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Unit;
    public double Time;
    public double Value;
    public bool HasValue;
    /// <summary>Whether there is a text, a truth value or data in place of a number.</summary>
    public bool HasOtherValue;

    /// <summary>Adds the record's reading, or the reason why there is none. A record of base fields alone is no reading.</summary>
    public readonly void Resolve(in SenMLBaseFields pack, long? now, ReadingBuffer readings)
    {
        if (!HasValue && !HasOtherValue)
            return;
        var quantity = FindQuantity(pack.Name, Name);
        if (quantity is null)
        {
            readings.Refuse(ReadingOutcome.UnknownQuantity);
            return;
        }
        if (!HasValue)
        {
            readings.Refuse(ReadingOutcome.NotANumber);
            return;
        }

        var value = pack.Value + Value;
        if (!QuantityNames.TryConvert(quantity, Unit.IsEmpty ? pack.Unit : Unit, ref value))
        {
            readings.Refuse(ReadingOutcome.UnknownUnit);
            return;
        }

        var seconds = pack.Time + Time;
        if (seconds < RelativeTimeLimit && now is null)
        {
            readings.Refuse(ReadingOutcome.Untimed);
            return;
        }

        var time = seconds < RelativeTimeLimit ? now!.Value + seconds * 1000 : seconds * 1000;
        // Beyond these bounds a double no longer holds whole milliseconds, and no clock here shows such a time.
        if (!(Math.Abs(time) < 1e14)) readings.Refuse(ReadingOutcome.AheadOfTime);
        else readings.Add(quantity, value, (long)Math.Round(time));
    }

    /// <summary>The name is the base name and the record's, one after the other (section 4.5.1).</summary>
    static Quantity? FindQuantity(ReadOnlySpan<byte> baseName, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return QuantityNames.OfSenMLName(baseName);
        // Only what follows the last separator counts.
        if (baseName.IsEmpty || baseName[^1] is (byte)':' or (byte)'/')
            return QuantityNames.OfSenMLName(name);
        Span<byte> whole = stackalloc byte[2 * UnescapedTexts.MaximumLength];
        baseName.CopyTo(whole);
        name.CopyTo(whole[baseName.Length..]);
        return QuantityNames.OfSenMLName(whole[..(baseName.Length + name.Length)]);
    }
}
