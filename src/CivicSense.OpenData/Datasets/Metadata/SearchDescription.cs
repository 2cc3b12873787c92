using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CivicSense.OpenData;

/// <summary>The data sets as search engines for data read them: schema.org Dataset, inside the page.</summary>
static class SearchDescription
{
    /// <summary>Writes the description.</summary>
    /// <param name="context">What there is.</param>
    /// <param name="shown">The files that are named one by one.</param>
    /// <param name="words">The language of the page: search engines read it together with the page.</param>
    /// <remarks>With the encoder that also escapes the characters that mean something in HTML.</remarks>
    public static string Write(DatasetContext context, IReadOnlyCollection<DatasetFile> shown, Words words)
    {
        var graph = new JsonArray();
        foreach (var dataset in DatasetInfo.All)
            graph.Add(Describe(context, dataset, shown, words));
        return new JsonObject { ["@context"] = "https://schema.org/", ["@graph"] = graph }.ToJsonString(JsonSerializerOptions.Default);
    }

    static JsonObject Describe(DatasetContext context, DatasetInfo dataset, IReadOnlyCollection<DatasetFile> shown, Words words)
    {
        var files = context.Files.Where(file => file.Dataset == dataset).ToList();
        var publisher = new JsonObject { ["@type"] = "Organization", ["name"] = context.Options.NeighbourhoodName,
            ["url"] = context.Origin + "/" };
        var description = new JsonObject
        {
            ["@type"] = "Dataset",
            ["@id"] = $"{context.Origin}/datasets#{dataset.Id}",
            ["name"] = $"{dataset.TitleIn(words.Language)}: {context.Options.NeighbourhoodName}",
            ["description"] = dataset.Describe(words.Language),
            ["url"] = context.Origin + "/datasets",
            ["license"] = context.LicenceOf(dataset).Address,
            ["isAccessibleForFree"] = true,
            ["creator"] = publisher,
            ["keywords"] = new JsonArray([.. DcatCatalogue.Keywords.Select(key => (JsonNode)words[$"datasets.catalogue.keyword.{key}"])]),
            ["measurementTechnique"] = words["datasets.technique"],
            ["variableMeasured"] = new JsonArray([.. files.Select(file => file.Entry.Quantity).Distinct().Select(id => (JsonNode)id)]),
            ["distribution"] = new JsonArray([.. shown.Where(file => file.Dataset == dataset).Select(file => (JsonNode)new JsonObject
            {
                ["@type"] = "DataDownload",
                ["contentUrl"] = context.Root + file.Address,
                ["encodingFormat"] = file.Format.ServedAs,
                ["sha256"] = file.Entry.Sha256,
            })]),
        };
        if (files.Count > 0)
        {
            var (from, until) = (files.Min(file => context.TimeOf(file).From), files.Max(file => context.TimeOf(file).Until));
            description["temporalCoverage"] = $"{TimeText.Write(from)}/{TimeText.Write(until)}";
        }
        if (context.Bounds is { } bounds)
        {
            description["spatialCoverage"] = new JsonObject
            {
                ["@type"] = "Place",
                ["geo"] = new JsonObject
                {
                    ["@type"] = "GeoShape",
                    ["box"] = string.Create(CultureInfo.InvariantCulture, $"{bounds.South} {bounds.West} {bounds.North} {bounds.East}"),
                },
            };
        }
        return description;
    }
}
