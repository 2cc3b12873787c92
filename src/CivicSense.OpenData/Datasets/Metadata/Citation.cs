using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary><c>/datasets/CITATION.cff</c>: how to cite the data (Citation File Format 1.2.0).</summary>
static class Citation
{
    public static string Write(DatasetContext context)
    {
        var name = context.Options.NeighbourhoodName;
        var text = new StringBuilder();
        text.Append("cff-version: 1.2.0\ntype: dataset\n");
        text.Append("message: \"If you use this data, please cite it as below, with the month and the SHA-256 of the files used.\"\n");
        text.Append(CultureInfo.InvariantCulture,
            $"title: {Quote($"Air and noise in {name}, measured by neighbours with differential privacy")}\n");
        text.Append(CultureInfo.InvariantCulture, $"authors:\n  - name: {Quote(name)}\n");
        text.Append("abstract: \"Noisy hourly measurements of citizens' sensors by area, and the final estimates computed from them, "
            + "with their uncertainty.\"\n");
        text.Append("keywords:\n  - air quality\n  - noise\n  - citizen science\n  - differential privacy\n");
        AppendLicences(text, context);
        text.Append(CultureInfo.InvariantCulture, $"url: {Quote(context.Origin + "/datasets")}\n");
        if (context.Modified is { } modified)
        {
            text.Append(CultureInfo.InvariantCulture, $"date-released: {modified:yyyy-MM-dd}\n");
            text.Append(CultureInfo.InvariantCulture, $"version: {Quote(context.Files.Max(file => file.Month.Month)!)}\n");
        }
        return text.ToString();
    }

    /// <remarks>A list of licences would mean that one may be chosen; so data sets that differ are named one by one.</remarks>
    static void AppendLicences(StringBuilder text, DatasetContext context)
    {
        var licences = DatasetInfo.All.Select(dataset => context.LicenceOf(dataset)).Distinct().ToList();
        if (licences.Count == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"license: {Quote(licences[0].Id)}\n");
            return;
        }
        text.Append(CultureInfo.InvariantCulture, $"license-url: {Quote(context.Root + "licences.json")}\nreferences:\n");
        foreach (var dataset in DatasetInfo.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - type: data\n    title: {Quote(dataset.Title)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    authors:\n      - name: {Quote(context.Options.NeighbourhoodName)}\n");
            text.Append(CultureInfo.InvariantCulture,
                $"    license: {Quote(context.LicenceOf(dataset).Id)}\n    url: {Quote($"{context.Origin}/datasets#{dataset.Id}")}\n");
        }
    }

    /// <summary>A double-quoted YAML string; JSON strings are such (YAML 1.2, section 1.2).</summary>
    static string Quote(string text) => JsonSerializer.Serialize(text, PublicJson.Options);
}
