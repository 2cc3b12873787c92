using System.Globalization;
using System.Text.Json;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Writes the values of properties.</summary>
static class JsonValue
{
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case long whole:
                writer.WriteNumberValue(whole);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double:
                writer.WriteNullValue();
                break;
            case ComplexValue complex:
                writer.WriteStartObject();
                foreach (var (name, member) in complex.Members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case object?[] items:
                writer.WriteStartArray();
                foreach (var item in items) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Text(value));
                break;
        }
    }

    /// <summary>A value that is no object as text: what <c>$value</c> answers.</summary>
    public static string Text(object value) => value switch
    {
        DateTimeOffset instant => TimeLiteral.Write(instant),
        TimeInterval interval => TimeLiteral.Write(interval),
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
