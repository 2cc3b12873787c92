using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>Writes estimates as GeoJSON (RFC 7946), compressed with gzip: a feature with the area's outline for each.</summary>
sealed class GeoJsonSink : ITableSink<EstimateRecord>
{
    const int Buffered = 1 << 16;

    readonly GZipStream compressed;
    readonly Utf8JsonWriter json;

    public GeoJsonSink(Stream output, Quantity quantity)
    {
        compressed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        json = new Utf8JsonWriter(compressed, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteString("quantity", quantity.Id);
        json.WriteString("unit", quantity.Unit);
        json.WriteStartArray("features");
    }

    public void Write(EstimateRecord row)
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteStartObject("geometry");
        json.WriteString("type", "Polygon");
        WriteOutline(row.Place.Bounds);
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("area", row.Place.Key);
        json.WriteString("local_date", row.LocalDate.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("period_start", TimeText.Write(row.Estimate.Start));
        json.WriteString("period_end", TimeText.Write(row.Estimate.End));
        json.WriteNumber("value", EstimateTable.Value(row.Estimate.Value));
        json.WriteNumber("standard_error", EstimateTable.Error(row.Estimate.StandardError));
        json.WriteNumber("lower_95", EstimateTable.Value(row.Estimate.Lower));
        json.WriteNumber("upper_95", EstimateTable.Value(row.Estimate.Upper));
        json.WriteEndObject();
        json.WriteEndObject();
        if (json.BytesPending >= Buffered)
            json.Flush();
    }

    public void Complete()
    {
        json.WriteEndArray();
        json.WriteEndObject();
        Dispose();
    }

    public void Dispose()
    {
        json.Dispose();
        compressed.Dispose();
    }

    /// <remarks>Counter-clockwise, as RFC 7946, section 3.1.6 asks.</remarks>
    void WriteOutline(AreaBounds bounds)
    {
        json.WriteStartArray("coordinates");
        json.WriteStartArray();
        WritePosition(bounds.West, bounds.South);
        WritePosition(bounds.East, bounds.South);
        WritePosition(bounds.East, bounds.North);
        WritePosition(bounds.West, bounds.North);
        WritePosition(bounds.West, bounds.South);
        json.WriteEndArray();
        json.WriteEndArray();
    }

    void WritePosition(double longitude, double latitude)
    {
        json.WriteStartArray();
        json.WriteNumberValue(Math.Round(longitude, 6));
        json.WriteNumberValue(Math.Round(latitude, 6));
        json.WriteEndArray();
    }
}
