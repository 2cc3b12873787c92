using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>Reads SenML JSON (RFC 8428): base fields, relative times, units.</summary>
static class SenMLReader
{
    /// <summary>The version of this RFC; a pack with a newer one must not be processed (section 4.4).</summary>
    const int Version = 10;

    /// <summary>Reads a pack; the reader stands on its opening bracket, and afterwards on its closing one.</summary>
    public static bool TryRead(scoped ref Utf8JsonReader json, long? now, ReadingBuffer readings)
    {
        var pack = new SenMLBaseFields();
        var records = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            records++;
            var record = default(SenMLRecord);
            if (!TryReadRecord(ref json, ref pack, ref record, readings.Texts))
                return false;
            record.Resolve(pack, now, readings);
        }
        // A pack has at least one record (section 11).
        return records > 0 && json.TokenType == JsonTokenType.EndArray;
    }

    static bool TryReadRecord(scoped ref Utf8JsonReader json, ref SenMLBaseFields pack, ref SenMLRecord record, UnescapedTexts texts)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            // Nearly all labels are one plain character.
            var read = !json.ValueIsEscaped && json.ValueSpan is [var label]
                ? TryReadPlain(label, ref json, ref record, texts)
                : TryReadBase(ref json, ref pack, ref record, texts);
            if (!read)
                return false;
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    static bool TryReadPlain(byte label, scoped ref Utf8JsonReader json, ref SenMLRecord record, UnescapedTexts texts) => label switch
    {
        (byte)'v' => TryReadNumber(ref json, out record.Value) && (record.HasValue = true),
        (byte)'n' => TryReadText(ref json, texts, TextSlot.Name, out record.Name),
        (byte)'u' => TryReadText(ref json, texts, TextSlot.Unit, out record.Unit),
        (byte)'t' => TryReadNumber(ref json, out record.Time),
        _ => TryReadOther(ref json, ref record, texts),
    };

    static bool TryReadBase(scoped ref Utf8JsonReader json, ref SenMLBaseFields pack, ref SenMLRecord record, UnescapedTexts texts) =>
        json.ValueTextEquals("bn"u8) ? TryReadText(ref json, texts, TextSlot.BaseName, out pack.Name)
        : json.ValueTextEquals("bt"u8) ? TryReadNumber(ref json, out pack.Time)
        : json.ValueTextEquals("bu"u8) ? TryReadText(ref json, texts, TextSlot.BaseUnit, out pack.Unit)
        : json.ValueTextEquals("bv"u8) ? TryReadNumber(ref json, out pack.Value)
        : json.ValueTextEquals("bver"u8) ? TryReadNumber(ref json, out var version) && version <= Version
        : json.ValueTextEquals("v"u8) ? TryReadPlain((byte)'v', ref json, ref record, texts)
        : json.ValueTextEquals("n"u8) ? TryReadPlain((byte)'n', ref json, ref record, texts)
        : json.ValueTextEquals("u"u8) ? TryReadPlain((byte)'u', ref json, ref record, texts)
        : json.ValueTextEquals("t"u8) ? TryReadPlain((byte)'t', ref json, ref record, texts)
        : TryReadOther(ref json, ref record, texts);

    /// <summary>
    /// Fields that are not used here. A label that ends in an underscore must be understood or the pack refused (section 4.4).
    /// </summary>
    static bool TryReadOther(scoped ref Utf8JsonReader json, ref SenMLRecord record, UnescapedTexts texts)
    {
        if (json.ValueIsEscaped
            ? !texts.TryRead(ref json, TextSlot.Label, out var label) || label is [.., (byte)'_']
            : json.ValueSpan is [.., (byte)'_'])
            return false;
        record.HasOtherValue |= json.ValueTextEquals("vs"u8) || json.ValueTextEquals("vb"u8) || json.ValueTextEquals("vd"u8);
        return json.Read() && json.TrySkip();
    }

    static bool TryReadNumber(scoped ref Utf8JsonReader json, out double value)
    {
        value = 0;
        return json.Read() && json.TokenType == JsonTokenType.Number
            && (ShortNumber.Read(json.ValueSpan, out value) == json.ValueSpan.Length || json.TryGetDouble(out value));
    }

    static bool TryReadText(scoped ref Utf8JsonReader json, UnescapedTexts texts, TextSlot slot, out ReadOnlySpan<byte> text)
    {
        text = default;
        return json.Read() && json.TokenType == JsonTokenType.String && texts.TryRead(ref json, slot, out text);
    }
}
