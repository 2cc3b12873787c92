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
        text.Append(CultureInfo.InvariantCulture, $"title: {Quote($"Air and noise in {name}, measured by neighbours with differential privacy")}\n");
        text.Append(CultureInfo.InvariantCulture, $"authors:\n  - name: {Quote(name)}\n");
        text.Append("abstract: \"Noisy hourly measurements of citizens' sensors by area, and the final estimates computed from them, with their uncertainty.\"\n");
        text.Append("keywords:\n  - air quality\n  - noise\n  - citizen science\n  - differential privacy\n");
        text.Append(CultureInfo.InvariantCulture, $"license: {Quote(context.Options.Licence)}\n");
        text.Append(CultureInfo.InvariantCulture, $"url: {Quote(context.Origin + "/datasets")}\n");
        if (context.Modified is { } modified)
        {
            text.Append(CultureInfo.InvariantCulture, $"date-released: {modified:yyyy-MM-dd}\n");
            text.Append(CultureInfo.InvariantCulture, $"version: {Quote(context.Files.Max(file => file.Month.Month)!)}\n");
        }
        return text.ToString();
    }

    /// <summary>A double-quoted YAML string; JSON strings are such (YAML 1.2, section 1.2).</summary>
    static string Quote(string text) => JsonSerializer.Serialize(text, PublicJson.Options);
}
