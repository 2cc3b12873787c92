using System.Text.Json;

namespace CivicSense.OpenData.Features;

/// <summary>Describes <c>/ogc</c> in OpenAPI 3.0, which is what clients of this standard read (OGC 17-069r4, clause 9.1).</summary>
static class FeaturesDescription
{
    static readonly (string Path, string Name, string Summary, string Type)[] Fixed =
    [
        ("/", "getLandingPage", "What there is", FeatureWriter.Json),
        ("/conformance", "getConformanceDeclaration", "What this API conforms to", FeatureWriter.Json),
        ("/collections", "getCollections", "The collections", FeatureWriter.Json),
    ];

    public static void Write(Utf8JsonWriter writer, string root, string title, IReadOnlyList<FeatureCollection> collections)
    {
        writer.WriteStartObject();
        writer.WriteString("openapi", "3.0.3");
        writer.WriteStartObject("info");
        writer.WriteString("title", title);
        writer.WriteString("version", "1.0.0");
        writer.WriteEndObject();
        writer.WriteStartArray("servers");
        writer.WriteStartObject();
        writer.WriteString("url", root);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("paths");
        foreach (var (path, name, summary, type) in Fixed) WriteGet(writer, path, name, summary, type);
        foreach (var collection in collections)
        {
            var suffix = "." + collection.Id;
            WriteGet(writer, $"/collections/{collection.Id}", "describeCollection" + suffix, collection.Title, FeatureWriter.Json,
                canBeMissing: true);
            WriteGet(writer, $"/collections/{collection.Id}/items", "getFeatures" + suffix, collection.Description, FeatureWriter.GeoJson,
                true, WriteQuery);
            WriteGet(
                writer, $"/collections/{collection.Id}/items/{{featureId}}", "getFeature" + suffix, "One of: " + collection.Title,
                FeatureWriter.GeoJson, true, WriteFeatureId);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteGet(
        Utf8JsonWriter writer, string path, string name, string summary, string type, bool canBeMissing = false,
        Action<Utf8JsonWriter>? parameters = null)
    {
        writer.WriteStartObject(path);
        writer.WriteStartObject("get");
        writer.WriteString("operationId", name);
        writer.WriteString("summary", summary);
        if (parameters is not null)
        {
            writer.WriteStartArray("parameters");
            parameters(writer);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("responses");
        WriteResponse(writer, "200", "The answer.", type);
        WriteResponse(writer, "400", "A parameter is unknown or not allowed.", ProblemWriter.ContentType);
        if (canBeMissing) WriteResponse(writer, "404", "There is no such thing.", ProblemWriter.ContentType);
        WriteResponse(writer, "503", "The public data cannot be read at the moment.", ProblemWriter.ContentType);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteResponse(Utf8JsonWriter writer, string status, string description, string type)
    {
        writer.WriteStartObject(status);
        writer.WriteString("description", description);
        writer.WriteStartObject("content");
        writer.WriteStartObject(type);
        writer.WriteStartObject("schema");
        writer.WriteString("type", "object");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteQuery(Utf8JsonWriter writer)
    {
        WriteParameter(writer, "bbox", "Only what meets this box: west,south,east,north in degrees.", () =>
        {
            writer.WriteString("type", "array");
            writer.WriteNumber("minItems", 4);
            writer.WriteNumber("maxItems", 6);
            writer.WriteStartObject("items");
            writer.WriteString("type", "number");
            writer.WriteEndObject();
        });
        WriteParameter(writer, "datetime", "Only what meets this time: RFC 3339, or two with a slash between, of which one may be '..'.",
            () => writer.WriteString("type", "string"));
        WriteParameter(writer, "limit", "At most this many features.", () =>
            WriteWhole(writer, 1, FeatureQuery.LargestLimit, FeatureQuery.DefaultLimit));
        WriteParameter(writer, "offset", "So many features are left out first; next links have it.", () => WriteWhole(writer, 0, null, 0));
    }

    static void WriteFeatureId(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", "featureId");
        writer.WriteString("in", "path");
        writer.WriteBoolean("required", true);
        writer.WriteString("description", "The area's id.");
        writer.WriteStartObject("schema");
        writer.WriteString("type", "string");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteParameter(Utf8JsonWriter writer, string name, string description, Action writeSchema)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("in", "query");
        writer.WriteBoolean("required", false);
        writer.WriteString("style", "form");
        writer.WriteBoolean("explode", false);
        writer.WriteString("description", description);
        writer.WriteStartObject("schema");
        writeSchema();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteWhole(Utf8JsonWriter writer, int minimum, int? maximum, int @default)
    {
        writer.WriteString("type", "integer");
        writer.WriteNumber("minimum", minimum);
        if (maximum is { } most) writer.WriteNumber("maximum", most);
        writer.WriteNumber("default", @default);
    }
}
