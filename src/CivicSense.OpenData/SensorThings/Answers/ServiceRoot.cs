using System.Text.Json;

namespace CivicSense.OpenData.SensorThings;

/// <summary>The service root: what there is and what is claimed (OGC 18-088, clause 9.2.1).</summary>
static class ServiceRoot
{
    const string Requirements = "http://www.opengis.net/spec/iot_sensing/1.1/req/";

    /// <summary>
    /// What is conformed to. No class of writing, no batch requests, no MultiDatastreams, no data array (whose class asks for writing), no
    /// MQTT.
    /// </summary>
    public static IReadOnlyList<string> Conformance { get; } =
        [Requirements + "datamodel", Requirements + "resource-path/resource-path-to-entities", Requirements + "request-data"];

    public static void Write(Utf8JsonWriter writer, QueryContext context)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("serverSettings");
        writer.WriteStartArray("conformance");
        foreach (var requirement in Conformance) writer.WriteStringValue(requirement);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartArray("value");
        foreach (var type in EntityType.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name", type.SetName);
            writer.WriteString("url", context.ServiceAddress(type.SetName));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
