using System.Text.Json;
using System.Text.Json.Nodes;

namespace CivicSense.OpenData;

/// <summary><c>/datasets/datapackage.json</c>: the files as a Frictionless Data Package 2.0 (datapackage.org).</summary>
static class DataPackage
{
    public static byte[] Write(DatasetContext context)
    {
        var package = new JsonObject
        {
            ["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json",
            ["name"] = "civicsense",
            ["id"] = context.Root + "datapackage.json",
            ["title"] = $"Air and noise in {context.Options.NeighbourhoodName}",
            ["description"] = "Noisy hourly measurements of citizens' sensors by area, and the final estimates computed from them.",
            ["homepage"] = context.Origin + "/datasets",
            ["licenses"] = Licences(context, DatasetInfo.All),
            ["contributors"] = new JsonArray(new JsonObject
            {
                ["title"] = context.Options.NeighbourhoodName,
                ["path"] = context.Origin + "/",
                ["roles"] = new JsonArray("publisher"),
            }),
            ["keywords"] = new JsonArray("air quality", "noise", "citizen science", "differential privacy"),
            ["resources"] = Resources(context),
        };
        if (context.Modified is { } modified)
            package["created"] = TimeText.Write(new DateTimeOffset(modified, TimeSpan.Zero));
        return JsonSerializer.SerializeToUtf8Bytes(package, PublicJson.Options);
    }

    static JsonArray Resources(DatasetContext context)
    {
        var resources = new JsonArray();
        foreach (var file in context.Files)
            resources.Add(Resource(context, file));
        // A package needs a resource; before the first month that is what lists the files.
        if (resources.Count == 0)
            resources.Add(new JsonObject { ["name"] = "manifest", ["path"] = "measurements/manifest.json",
                ["title"] = "The files, once there are any" });
        return resources;
    }

    static JsonObject Resource(DatasetContext context, DatasetFile file)
    {
        var resource = new JsonObject
        {
            ["name"] = file.Dataset.NameOf(file.Entry, file.Month.Month)
                .Replace(".gz", "", StringComparison.Ordinal).Replace('_', '-').Replace('.', '-'),
            ["path"] = file.Address,
            ["title"] = $"{file.Dataset.Title}, {file.Entry.Quantity}, {file.Month.Month}",
            ["format"] = file.Entry.Format,
            ["mediatype"] = file.Format.MediaType,
            ["bytes"] = file.Entry.Bytes,
            ["hash"] = "sha256:" + file.Entry.Sha256,
            ["licenses"] = Licences(context, [file.Dataset]),
        };
        if (file.Format.IsCompressed)
            (resource["encoding"], resource["compression"]) = ("utf-8", "gz");
        if (file.Format == DatasetFormat.Csv)
            (resource["type"], resource["schema"]) = ("table", Schema(file.Dataset));
        return resource;
    }

    static JsonArray Licences(DatasetContext context, IEnumerable<DatasetInfo> datasets) =>
    [
        .. datasets.Select(context.LicenceOf).Distinct()
            .Select(licence => new JsonObject { ["name"] = licence.Id, ["path"] = licence.Address, ["title"] = licence.Name }),
    ];

    /// <summary>The columns as a Table Schema.</summary>
    static JsonObject Schema(DatasetInfo dataset)
    {
        var fields = new JsonArray();
        foreach (var field in dataset.Fields)
        {
            fields.Add(new JsonObject
            {
                ["name"] = field.Name,
                ["type"] = field.Type switch
                {
                    DatasetFieldType.Integer => "integer",
                    DatasetFieldType.Number => "number",
                    DatasetFieldType.Instant => "datetime",
                    DatasetFieldType.Date => "date",
                    _ => "string",
                },
                ["description"] = field.Description,
                ["constraints"] = new JsonObject { ["required"] = !field.IsOptional },
            });
        }
        return new JsonObject { ["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json", ["fields"] = fields };
    }
}
