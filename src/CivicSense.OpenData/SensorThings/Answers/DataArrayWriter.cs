using System.Text.Json;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Writes Observations as arrays of values, Datastream by Datastream (OGC 18-088, clause 13.1).</summary>
static class DataArrayWriter
{
    public static async ValueTask WriteAsync(Utf8JsonWriter writer, EntityPage page, QueryOptions options, string address,
        QueryContext context)
    {
        string[] components = options.Select.IsEmpty ? ["id", .. EntityType.Observation.Properties] : [.. options.Select];
        writer.WriteStartObject();
        if (page.Count is { } count) writer.WriteNumber("@iot.count", count);
        writer.WriteStartArray("value");
        foreach (var group in page.Items.Cast<Observation>().GroupBy(observation => observation.Stream))
        {
            var rows = group.ToList();
            writer.WriteStartObject();
            writer.WriteString("Datastream@iot.navigationLink", context.ServiceAddress(group.Key.Path));
            writer.WriteStartArray("components");
            foreach (var component in components) writer.WriteStringValue(component);
            writer.WriteEndArray();
            writer.WriteNumber("dataArray@iot.count", rows.Count);
            writer.WriteStartArray("dataArray");
            foreach (var row in rows)
            {
                writer.WriteStartArray();
                foreach (var component in components)
                    JsonValue.Write(writer, component == "id" ? row.Id : await row.ReadAsync(component, context));
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (page.Next is { } next) writer.WriteString("@iot.nextLink", $"{address}?{next.ToQueryString()}");
        writer.WriteEndObject();
    }
}
