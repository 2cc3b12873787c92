using System.Buffers.Text;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>
/// Reads the body that Sensor.Community's airRohr firmware sends: values are strings, there is no time, pressure is in pascal.
/// </summary>
static class AirRohrReader
{
    /// <summary>Reads a body; the reader stands on its opening brace, and afterwards on its closing one.</summary>
    public static bool TryRead(scoped ref Utf8JsonReader json, long? now, ReadingBuffer readings)
    {
        var found = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isValues = json.ValueTextEquals("sensordatavalues"u8);
            if (!json.Read())
                return false;
            if (!isValues)
            {
                if (!json.TrySkip())
                    return false;
            }
            else
            {
                if (found || json.TokenType != JsonTokenType.StartArray || !TryReadValues(ref json, now, readings))
                    return false;
                found = true;
            }
        }
        return found && json.TokenType == JsonTokenType.EndObject;
    }

    static bool TryReadValues(scoped ref Utf8JsonReader json, long? now, ReadingBuffer readings)
    {
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            ReadOnlySpan<byte> type = default, value = default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isType = json.ValueTextEquals("value_type"u8);
                var isValue = json.ValueTextEquals("value"u8);
                if (!json.Read())
                    return false;
                if (isType && json.TokenType == JsonTokenType.String)
                {
                    if (!readings.Texts.TryRead(ref json, TextSlot.Name, out type))
                        return false;
                }
                else if (isValue && json.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    if (!readings.Texts.TryRead(ref json, TextSlot.Unit, out value))
                        return false;
                }
                else if (!json.TrySkip())
                {
                    return false;
                }
            }
            if (json.TokenType != JsonTokenType.EndObject)
                return false;
            Add(type, value, now, readings);
        }
        return json.TokenType == JsonTokenType.EndArray;
    }

    static void Add(ReadOnlySpan<byte> type, ReadOnlySpan<byte> value, long? now, ReadingBuffer readings)
    {
        if (QuantityNames.OfAirRohrType(type) is not { } quantity)
        {
            if (!QuantityNames.IsAirRohrHousekeeping(type))
                readings.Refuse(ReadingOutcome.UnknownQuantity);
            return;
        }
        var length = ShortNumber.Read(value, out var number);
        if (length != value.Length && !Utf8Parser.TryParse(value, out number, out length))
            length = 0;
        if (length == 0 || length != value.Length)
        {
            readings.Refuse(ReadingOutcome.NotANumber);
            return;
        }
        if (now is { } time) readings.Add(quantity, quantity == Quantity.Pressure ? number / 100 : number, time);
        else readings.Refuse(ReadingOutcome.Untimed);
    }
}
