using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>A row that belongs to one area, and so can be shown on a map.</summary>
interface IAreaRow
{
    /// <summary>The quadkey; 'world' for the empty one.</summary>
    string Area { get; }

    /// <summary>What tells it from all others of its list.</summary>
    string FeatureId { get; }
}

/// <summary>Writes rows as a GeoJSON feature collection (RFC 7946): positions are longitude before latitude, WGS 84.</summary>
static class GeoJson
{
    public static byte[] Write<TRow>(IReadOnlyList<TRow> rows, string? next, string licence)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = PublicJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            foreach (var row in rows)
                WriteFeature(json, row);
            json.WriteEndArray();
            // Foreign members (section 6.1): readers that do not know them pass over them.
            json.WriteString("next", next);
            json.WriteString("licence", licence);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static void WriteFeature<TRow>(Utf8JsonWriter json, TRow row)
    {
        var place = row as IAreaRow ?? throw new NotSupportedException($"A {typeof(TRow).Name} has no place on a map.");
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteString("id", place.FeatureId);
        json.WritePropertyName("geometry");
        WritePolygon(json, AreaKey.TryParse(place.Area, out var area) ? area.Bounds : throw new FormatException("A row names no area."));
        json.WritePropertyName("properties");
        JsonSerializer.Serialize(json, row, PublicJson.Options);
        json.WriteEndObject();
    }

    /// <summary>The outer ring runs counterclockwise and ends where it began (section 3.1.6).</summary>
    static void WritePolygon(Utf8JsonWriter json, AreaBounds bounds)
    {
        json.WriteStartObject();
        json.WriteString("type", "Polygon");
        json.WriteStartArray("coordinates");
        json.WriteStartArray();
        WritePosition(json, bounds.West, bounds.South);
        WritePosition(json, bounds.East, bounds.South);
        WritePosition(json, bounds.East, bounds.North);
        WritePosition(json, bounds.West, bounds.North);
        WritePosition(json, bounds.West, bounds.South);
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WritePosition(Utf8JsonWriter json, double longitude, double latitude)
    {
        json.WriteStartArray();
        json.WriteNumberValue(RowNumber.Degrees(longitude));
        json.WriteNumberValue(RowNumber.Degrees(latitude));
        json.WriteEndArray();
    }
}
