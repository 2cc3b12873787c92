using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using CivicSense.Commons;

namespace CivicSense.Node.Settings;

/// <summary>Reads <c>"notice": "…"</c>, and <c>"notice": { "en": "…", "es": "…" }</c>.</summary>
sealed class NoticeConverter : JsonConverter<Notice>
{
    // Read token by token: an error inside then has the whole path of the setting.
    public override Notice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Notice.Of(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var code = reader.GetString()!;
            reader.Read();
            texts[code] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
        }
        return new Notice { Texts = texts.ToImmutable() };
    }

    public override void Write(Utf8JsonWriter writer, Notice value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Texts, options);
}
