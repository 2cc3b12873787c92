using System.Text.Json;
using System.Text.Unicode;

namespace CivicSense.Ingestion;

/// <summary>Reads a message of any known kind. The kind is told by the first character: an array is SenML, an object airRohr.</summary>
static class PayloadReader
{
    /// <summary>How deep a payload's JSON may be nested.</summary>
    public const int MaximumDepth = 8;

    static readonly JsonReaderOptions Options = new() { MaxDepth = MaximumDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads all readings of a message.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="now">
    /// When it was sent, milliseconds since 1970; null if that is not known. Then readings without a time of their own are refused.
    /// </param>
    /// <param name="readings">Receives the readings and counts those refused.</param>
    /// <returns>False if the message as a whole is malformed; then <paramref name="readings"/> must not be used.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, long? now, ReadingBuffer readings)
    {
        readings.Clear();
        return CompactSenMLReader.TryRead(payload, now, readings) || TryReadAny(payload, now, readings);
    }

    /// <summary>The same for any JSON that is allowed, with the framework's reader.</summary>
    public static bool TryReadAny(ReadOnlySpan<byte> payload, long? now, ReadingBuffer readings)
    {
        readings.Clear();
        // The framework's reader looks at the bytes of a text only when asked for them.
        if (!Utf8.IsValid(payload))
            return false;
        try
        {
            var json = new Utf8JsonReader(payload, Options);
            if (!json.Read())
                return false;
            var read = json.TokenType switch
            {
                JsonTokenType.StartArray => SenMLReader.TryRead(ref json, now, readings),
                JsonTokenType.StartObject => AirRohrReader.TryRead(ref json, now, readings),
                _ => false,
            };
            return read && !json.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The framework's reader reports malformed JSON the first way and half a surrogate pair in a text the second. What the text
            // was stays out of every log.
            return false;
        }
    }
}
