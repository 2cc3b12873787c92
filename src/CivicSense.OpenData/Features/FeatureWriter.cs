using System.Globalization;
using System.Text.Json;
using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Features;

/// <summary>Writes collections and features (OGC 17-069r4; RFC 7946).</summary>
/// <param name="writer">Takes the JSON.</param>
/// <param name="root">The absolute address of the landing page.</param>
sealed class FeatureWriter(Utf8JsonWriter writer, string root)
{
    public const string Json = "application/json";
    public const string GeoJson = "application/geo+json";
    public const string OpenApi = "application/vnd.oai.openapi+json;version=3.0";

    const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

    static readonly string[] Conformance =
    [
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core", "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    ];

    public void WriteLanding(string title)
    {
        writer.WriteStartObject();
        writer.WriteString("title", title);
        writer.WriteString("description", "The map of the neighbourhood: areas, and the newest estimates with how sure they are.");
        writer.WriteStartArray("links");
        WriteLink(root, "self", Json, "This page");
        WriteLink(root + "/api", "service-desc", OpenApi, "The description of this API");
        WriteLink(root + "/conformance", "conformance", Json, "What this API conforms to");
        WriteLink(root + "/collections", "data", Json, "The collections");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void WriteConformance()
    {
        writer.WriteStartObject();
        writer.WriteStartArray("conformsTo");
        foreach (var conformance in Conformance) writer.WriteStringValue(conformance);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void WriteCollections(IReadOnlyList<FeatureCollection> collections, string licence)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("links");
        WriteLink(root + "/collections", "self", Json, "The collections");
        writer.WriteEndArray();
        writer.WriteStartArray("collections");
        foreach (var collection in collections) WriteCollection(collection, licence);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void WriteCollection(FeatureCollection collection, string licence)
    {
        writer.WriteStartObject();
        writer.WriteString("id", collection.Id);
        writer.WriteString("title", collection.Title);
        writer.WriteString("description", collection.Description);
        writer.WriteString("itemType", "feature");
        WriteExtent(collection);
        writer.WriteStartArray("crs");
        writer.WriteStringValue(Crs84);
        writer.WriteEndArray();
        writer.WriteStartArray("links");
        WriteLink(Address(collection), "self", Json, collection.Title);
        WriteLink(Address(collection) + "/items", "items", GeoJson, collection.Title);
        WriteLink($"https://spdx.org/licenses/{licence}.html", "license", "text/html", licence);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void WritePage(FeatureCollection collection, FeatureQuery query, string? parameters)
    {
        var matches = collection.Features.Where(query.Matches).ToList();
        var page = matches.Skip(query.Offset).Take(query.Limit).ToList();
        var end = (long)query.Offset + page.Count;
        var items = Address(collection) + "/items";
        writer.WriteStartObject();
        writer.WriteString("type", "FeatureCollection");
        writer.WriteNumber("numberMatched", matches.Count);
        writer.WriteNumber("numberReturned", page.Count);
        writer.WriteStartArray("links");
        WriteLink(items + parameters, "self", GeoJson, "This page");
        WriteLink(Address(collection), "collection", Json, collection.Title);
        if (end < matches.Count && page.Count > 0) WriteLink(items + Next(parameters, end, query.Limit), "next", GeoJson, "The next page");
        writer.WriteEndArray();
        writer.WriteStartArray("features");
        foreach (var feature in page) WriteFeature(feature);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void WriteSingle(FeatureCollection collection, Feature feature) => WriteFeature(feature, () =>
    {
        writer.WriteStartArray("links");
        WriteLink($"{Address(collection)}/items/{feature.Id}", "self", GeoJson, "This feature");
        WriteLink(Address(collection), "collection", Json, collection.Title);
        writer.WriteEndArray();
    });

    void WriteFeature(Feature feature, Action? more = null)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "Feature");
        writer.WriteString("id", feature.Id);
        writer.WritePropertyName("geometry");
        JsonValue.Write(writer, new AreaShape(feature.Area));
        writer.WriteStartObject("properties");
        foreach (var (name, value) in feature.Properties)
        {
            writer.WritePropertyName(name);
            JsonValue.Write(writer, value);
        }
        writer.WriteEndObject();
        more?.Invoke();
        writer.WriteEndObject();
    }

    void WriteExtent(FeatureCollection collection)
    {
        writer.WriteStartObject("extent");
        if (collection.Extent is { } box)
        {
            writer.WriteStartObject("spatial");
            writer.WriteStartArray("bbox");
            writer.WriteStartArray();
            foreach (var edge in (double[])[box.West, box.South, box.East, box.North]) writer.WriteNumberValue(Math.Round(edge, 7));
            writer.WriteEndArray();
            writer.WriteEndArray();
            writer.WriteString("crs", Crs84);
            writer.WriteEndObject();
        }
        if (collection.Duration is { } time)
        {
            writer.WriteStartObject("temporal");
            writer.WriteStartArray("interval");
            writer.WriteStartArray();
            writer.WriteStringValue(TimeLiteral.Write(time.Start));
            writer.WriteStringValue(TimeLiteral.Write(time.End));
            writer.WriteEndArray();
            writer.WriteEndArray();
            writer.WriteString("trs", "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian");
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    void WriteLink(string address, string relation, string type, string title)
    {
        writer.WriteStartObject();
        writer.WriteString("href", address);
        writer.WriteString("rel", relation);
        writer.WriteString("type", type);
        writer.WriteString("title", title);
        writer.WriteEndObject();
    }

    string Address(FeatureCollection collection) => $"{root}/collections/{collection.Id}";

    /// <summary>The parameters of the page at hand with another offset.</summary>
    static string Next(string? parameters, long offset, int limit)
    {
        var kept = (parameters ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => NameOf(pair) is not ("offset" or "limit"));
        return $"?{string.Join('&', kept.Concat([Pair("limit", limit), Pair("offset", offset)]))}";

        // A name may come with any of its letters percent-encoded.
        static string NameOf(string pair) => Uri.UnescapeDataString(pair.Split('=', 2)[0]);

        static string Pair(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
    }
}
