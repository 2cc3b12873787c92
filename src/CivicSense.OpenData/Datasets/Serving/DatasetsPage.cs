using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/datasets</c>: what there is to download, and how to use it.</summary>
static class DatasetsPage
{
    /// <summary>Months that the page lists: more would make it long to load. The list as CSV or JSON has all.</summary>
    const int MonthsShown = 6;

    public static async Task<IResult> GetAsync(PageRequest request, DatasetCatalogue catalogue)
    {
        var context = await DatasetContext.ReadAsync(request, catalogue);
        var months = context.Files.Select(file => file.Month.Month).Distinct().OrderDescending(StringComparer.Ordinal).Take(MonthsShown).ToList();
        var main = new Html();
        main.Append($"<h1>Data sets</h1><p class=\"lead\">Everything this node has published, in one file for each month and quantity. A month is written once, when its numbers are final, and never changes: it can be cited.</p>");
        main.AppendJsonLd(SearchDescription.Write(context, months));
        if (months.Count == 0)
        {
            main.Append($"<section><p>There is no whole month yet. The first files come about two days after the end of the first month. ");
            main.Append($"Until then, the API has everything: <a href=\"/api/v1/measurements?format=csv\">measurements</a>, ");
            main.Append($"<a href=\"/api/v1/ledger?format=csv\">ledger</a>.</p></section>");
        }
        foreach (var dataset in DatasetInfo.All)
            DrawDataset(main, context, dataset, months, request.Words);
        DrawUse(main, context, months);
        DrawMetadata(main);
        return request.Page("/downloads", "Data sets", main);
    }

    static void DrawDataset(Html main, DatasetContext context, DatasetInfo dataset, List<string> months, Words words)
    {
        var licence = context.LicenceOf(dataset);
        main.Append($"<section aria-labelledby=\"{dataset.Id}\"><h2 id=\"{dataset.Id}\">{dataset.Title}</h2><p>{dataset.Description}</p>");
        main.Append($"<p class=\"small\">Licence: <a href=\"{licence.Address}\">{licence.Id}</a>. ");
        main.Append($"Check the files with <a href=\"/datasets/{dataset.Id}/SHA256SUMS\">SHA256SUMS</a>; <a href=\"/datasets/{dataset.Id}/manifest.json\">manifest.json</a> lists all of them.</p>");
        var shown = context.Files.Where(file => file.Dataset == dataset && months.Contains(file.Month.Month)).ToList();
        if (shown.Count > 0)
        {
            main.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Files: {dataset.Title}\"><table><thead><tr><th scope=\"col\">Month</th><th scope=\"col\">Quantity</th><th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\">Files</th></tr></thead><tbody>");
            var rows = shown.GroupBy(file => (file.Month.Month, file.Entry.Resolution, file.Entry.Quantity));
            foreach (var group in rows.OrderByDescending(group => group.Key.Month, StringComparer.Ordinal))
                DrawRow(main, [.. group], words);
            main.Append($"</tbody></table></div>");
        }
        main.Append($"</section>");
    }

    static void DrawRow(Html main, List<DatasetFile> files, Words words)
    {
        var entry = files[0].Entry;
        var quantity = Quantity.TryFind(entry.Quantity, out var known) ? words.Plain(known) : entry.Quantity;
        main.Append($"<tr><th scope=\"row\">{files[0].Month.Month}</th><td>{quantity}{(entry.Resolution is null ? "" : $", by {entry.Resolution}")}</td><td class=\"n\">{entry.Rows}</td><td>");
        for (var i = 0; i < files.Count; i++)
        {
            if (i > 0) main.Append($" · ");
            main.Append($"<a href=\"/datasets/{files[i].Address}\">{FormatName(files[i].Format)}</a> <span class=\"small\">{Size(files[i].Entry.Bytes)}</span>");
        }
        main.Append($"</td></tr>");
    }

    static void DrawUse(Html main, DatasetContext context, List<string> months)
    {
        var parquet = context.Files.LastOrDefault(file => file.Format == DatasetFormat.Parquet && months.Contains(file.Month.Month));
        if (parquet is null)
            return;
        main.Append($"<section aria-labelledby=\"use\"><h2 id=\"use\">How to use them</h2><p>Parquet files keep the types and are the smallest; DuckDB reads them where they are, without a download:</p>");
        main.Append($"<pre tabindex=\"0\">SELECT * FROM '{context.Root}{parquet.Address}' LIMIT 10;</pre>");
        main.Append($"<p>In Python:</p><pre tabindex=\"0\">pandas.read_parquet(\"{context.Root}{parquet.Address}\")</pre>");
        main.Append($"<p>CSV files are compressed with gzip. Read the column <code>area</code> as text: its zeros at the beginning count.</p></section>");
    }

    static void DrawMetadata(Html main)
    {
        main.Append($"<section aria-labelledby=\"about-files\"><h2 id=\"about-files\">About the files</h2><ul>");
        main.Append($"<li>All files as a list: <a href=\"/api/v1/datasets?format=csv\">CSV</a>, <a href=\"/api/v1/datasets\">JSON</a></li>");
        main.Append($"<li>How to cite: <a href=\"/datasets/CITATION.cff\">CITATION.cff</a></li>");
        main.Append($"<li>What the licences allow: <a href=\"/datasets/licences.json\">licences.json</a></li>");
        main.Append($"<li>For data portals, DCAT-AP: <a href=\"/datasets/dcat.jsonld\" type=\"application/ld+json\">JSON-LD</a>, <a href=\"/datasets/dcat.ttl\" type=\"text/turtle\">Turtle</a></li>");
        main.Append($"<li>Frictionless Data Package: <a href=\"/datasets/datapackage.json\">datapackage.json</a></li></ul></section>");
    }

    static string FormatName(DatasetFormat format) => format.Id switch
    {
        "parquet" => "Parquet",
        "csv" => "CSV",
        _ => "GeoJSON",
    };

    static string Size(long bytes) => bytes >= 1_000_000
        ? FormattableString.Invariant($"{bytes / 1e6:F1} MB")
        : FormattableString.Invariant($"{Math.Max(1, bytes / 1000)} kB");
}
