using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>Reads SenML JSON (RFC 8428): base fields, relative times, units.</summary>
static class SenMLReader
{
    /// <summary>The version of this RFC; a pack with a newer one must not be processed (section 4.4).</summary>
    const int Version = 10;

    /// <summary>Times below this are relative to now (section 4.5.3).</summary>
    const double RelativeTimeLimit = 1 << 28;

    const int MaximumNameLength = 128;

    /// <summary>Reads a pack; the reader stands on its opening bracket, and afterwards on its closing one.</summary>
    public static bool TryRead(ref Utf8JsonReader json, long now, ReadingBuffer readings)
    {
        var pack = new BaseFields();
        Span<byte> name = stackalloc byte[2 * MaximumNameLength];
        var records = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            records++;
            var record = default(RecordFields);
            if (!TryReadRecord(ref json, ref pack, ref record))
                return false;
            if (record.HasValue || record.HasOtherValue)
                Resolve(pack, record, now, name, readings);
        }
        // A pack has at least one record (section 11).
        return records > 0 && json.TokenType == JsonTokenType.EndArray;
    }

    static bool TryReadRecord(ref Utf8JsonReader json, ref BaseFields pack, ref RecordFields record)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var read = json.ValueTextEquals("v"u8) ? TryReadNumber(ref json, out record.Value) && (record.HasValue = true)
                : json.ValueTextEquals("n"u8) ? TryReadText(ref json, out record.Name)
                : json.ValueTextEquals("u"u8) ? TryReadText(ref json, out record.Unit)
                : json.ValueTextEquals("t"u8) ? TryReadNumber(ref json, out record.Time)
                : json.ValueTextEquals("bn"u8) ? TryReadText(ref json, out pack.Name)
                : json.ValueTextEquals("bt"u8) ? TryReadNumber(ref json, out pack.Time)
                : json.ValueTextEquals("bu"u8) ? TryReadText(ref json, out pack.Unit)
                : json.ValueTextEquals("bv"u8) ? TryReadNumber(ref json, out pack.Value)
                : json.ValueTextEquals("bver"u8) ? TryReadNumber(ref json, out var version) && version <= Version
                : TryReadOther(ref json, ref record);
            if (!read)
                return false;
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>
    /// Fields that are not used here. A label that ends in an underscore must be understood or the pack refused (section 4.4).
    /// </summary>
    static bool TryReadOther(ref Utf8JsonReader json, ref RecordFields record)
    {
        if (json.ValueIsEscaped)
        {
            ShortText label = default;
            if (!label.TryCopy(ref json) || label.Span is [.., (byte)'_'])
                return false;
        }
        else if (json.ValueSpan is [.., (byte)'_'])
        {
            return false;
        }
        record.HasOtherValue |= json.ValueTextEquals("vs"u8) || json.ValueTextEquals("vb"u8) || json.ValueTextEquals("vd"u8);
        return json.Read() && json.TrySkip();
    }

    static bool TryReadNumber(ref Utf8JsonReader json, out double value)
    {
        value = 0;
        return json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetDouble(out value);
    }

    static bool TryReadText(ref Utf8JsonReader json, out ShortText text)
    {
        text = default;
        return json.Read() && json.TokenType == JsonTokenType.String && text.TryCopy(ref json);
    }

    static void Resolve(in BaseFields pack, in RecordFields record, long now, Span<byte> name, ReadingBuffer readings)
    {
        pack.Name.Span.CopyTo(name);
        record.Name.Span.CopyTo(name[pack.Name.Span.Length..]);
        var quantity = QuantityNames.OfSenMLName(name[..(pack.Name.Span.Length + record.Name.Span.Length)]);
        if (quantity is null)
        {
            readings.Refuse(ReadingOutcome.UnknownQuantity);
            return;
        }
        if (!record.HasValue)
        {
            readings.Refuse(ReadingOutcome.NotANumber);
            return;
        }

        var value = pack.Value + record.Value;
        if (!QuantityNames.TryConvert(quantity, record.Unit.Span.IsEmpty ? pack.Unit.Span : record.Unit.Span, ref value))
        {
            readings.Refuse(ReadingOutcome.UnknownUnit);
            return;
        }

        var seconds = pack.Time + record.Time;
        var time = seconds < RelativeTimeLimit ? now + seconds * 1000 : seconds * 1000;
        // Beyond these bounds a double no longer holds whole milliseconds, and no clock here shows such a time.
        if (!(Math.Abs(time) < 1e14)) readings.Refuse(ReadingOutcome.AheadOfTime);
        else readings.Add(quantity, value, (long)Math.Round(time));
    }

    ref struct BaseFields
    {
        public ShortText Name;
        public ShortText Unit;
        public double Time;
        public double Value;
    }

    ref struct RecordFields
    {
        public ShortText Name;
        public ShortText Unit;
        public double Time;
        public double Value;
        public bool HasValue;
        public bool HasOtherValue;
    }
}
