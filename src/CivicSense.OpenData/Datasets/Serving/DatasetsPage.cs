using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/datasets</c>: what there is to download, and how to use it.</summary>
static class DatasetsPage
{
    /// <summary>Months that the page lists: more would make it long to load. The list as CSV or JSON has all.</summary>
    const int MostMonths = 6;

    /// <summary>Files that the page lists, where the newest month alone has not more.</summary>
    const int MostFiles = 60;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var context = await DatasetContext.ReadAsync(request, request.Service<DatasetCatalogue>());
        var shown = Newest(context);
        var main = new Html();
        main.Append($"""<h1>{words["datasets.title"]}</h1><p class="lead">{words["datasets.lead"]}</p>""");
        main.AppendJsonLd(SearchDescription.Write(context, shown, words));
        if (shown.Count == 0)
        {
            var first = await DownloadsPage.FirstDayAsync(request);
            var measurements = "/api/v1/measurements?format=csv" + AreaDownloads.All(first?.ToString());
            var ledger = "/api/v1/ledger?format=csv" + AreaDownloads.All(null);
            main.Append($"<section><p>{words.Markup("datasets.none", ("measurements", measurements), ("ledger", ledger))}</p></section>");
        }
        foreach (var dataset in DatasetInfo.All)
            DrawDataset(main, context, dataset, shown, words);
        DrawUse(main, context, shown, words);
        DrawMetadata(main, words);
        return request.Page("/downloads", words["datasets.title"], main);
    }

    /// <summary>The files of the newest months.</summary>
    static List<DatasetFile> Newest(DatasetContext context)
    {
        var shown = new List<DatasetFile>();
        foreach (var month in context.Files.GroupBy(file => file.Month.Month)
            .OrderByDescending(month => month.Key, StringComparer.Ordinal).Take(MostMonths))
        {
            var files = month.ToList();
            if (shown.Count > 0 && shown.Count + files.Count > MostFiles) break;
            shown.AddRange(files);
        }
        return shown;
    }

    static void DrawDataset(Html main, DatasetContext context, DatasetInfo dataset, List<DatasetFile> shown, Words words)
    {
        var licence = context.LicenceOf(dataset);
        var title = dataset.TitleIn(words.Language);
        main.Append($"""<section aria-labelledby="{dataset.Id}"><h2 id="{dataset.Id}">{title}</h2><p>{dataset.Describe(words.Language)}""")
            .Append($"</p>");
        main.Append($"""<p class="small">{words.Markup("datasets.licence", ("licence", licence.Id), ("address", licence.Address))} """);
        main.Append($"{words.Markup(
            "datasets.check", ("sums", $"/datasets/{dataset.Id}/SHA256SUMS"), ("manifest", $"/datasets/{dataset.Id}/manifest.json"))}</p>");
        var rows = shown.Where(file => file.Dataset == dataset)
            .GroupBy(file => (file.Month.Month, file.Entry.Resolution, file.Entry.Quantity)).ToList();
        if (rows.Count > 0)
        {
            main.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words.Text("datasets.files", ("title", title))}">""")
                .Append($"""<table aria-labelledby="{dataset.Id}"><thead><tr>""");
            main.Append($"""<th scope="col">{words["datasets.month"]}</th><th scope="col">{words["datasets.quantity"]}</th>""")
                .Append($"""<th scope="col" class="n">{words["datasets.rows"]}</th><th scope="col">{words["datasets.filesColumn"]}</th>""")
                .Append($"</tr></thead><tbody>");
            foreach (var row in rows)
                DrawRow(main, [.. row], words);
            main.Append($"</tbody></table></div>");
            if (context.Files.Count(file => file.Dataset == dataset) > rows.Sum(row => row.Count()))
                main.Append($"<p>{words.Markup("datasets.more", ("address", "/api/v1/datasets?format=csv"))}</p>");
        }
        main.Append($"</section>");
    }

    static void DrawRow(Html main, List<DatasetFile> files, Words words)
    {
        var entry = files[0].Entry;
        var what = files[0].Describe(words);
        main.Append($"""<tr><th scope="row">{files[0].Month.Month}</th><td>{what}</td><td class="n">{words.Count(entry.Rows)}</td><td>""");
        for (var i = 0; i < files.Count; i++)
        {
            if (i > 0) main.Append($" · ");
            var format = FormatName(files[i].Format);
            main.Append($"""<a href="/datasets/{files[i].Address}" aria-label="{format}, {what}, {files[i].Month.Month}">{format}</a> """)
                .Append($"""<span class="small">{Size(files[i].Entry.Bytes, words)}</span>""");
        }
        main.Append($"</td></tr>");
    }

    static void DrawUse(Html main, DatasetContext context, List<DatasetFile> shown, Words words)
    {
        if (shown.LastOrDefault(file => file.Format == DatasetFormat.Parquet) is not { } parquet)
            return;
        main.Append($"""<section aria-labelledby="use"><h2 id="use">{words["datasets.use"]}</h2><p>{words["datasets.parquet"]}</p>""");
        main.Append($"""<pre tabindex="0">SELECT * FROM '{context.Root}{parquet.Address}' LIMIT 10;</pre>""");
        main.Append($"""<p>{words["datasets.python"]}</p><pre tabindex="0">pandas.read_parquet("{context.Root}{parquet.Address}")</pre>""");
        main.Append($"<p>{words.Markup("datasets.csv", ("column", new Html().Append($"<code>area</code>")))}</p></section>");
    }

    static void DrawMetadata(Html main, Words words)
    {
        main.Append($"""<section aria-labelledby="about-files"><h2 id="about-files">{words["datasets.aboutFiles"]}</h2><ul>""");
        main.Append($"<li>{words.Markup("datasets.list", ("csv", "/api/v1/datasets?format=csv"), ("json", "/api/v1/datasets"))}</li>");
        main.Append($"<li>{words.Markup("datasets.cite", ("address", "/datasets/CITATION.cff"))}</li>");
        main.Append($"<li>{words.Markup("datasets.allow", ("address", "/datasets/licences.json"))}</li>");
        main.Append($"<li>{words.Markup("datasets.portals", ("jsonld", "/datasets/dcat.jsonld"), ("turtle", "/datasets/dcat.ttl"))}</li>");
        main.Append($"<li>{words.Markup("datasets.package", ("address", "/datasets/datapackage.json"))}</li></ul></section>");
    }

    static string FormatName(DatasetFormat format) => format.Id switch
    {
        "parquet" => "Parquet",
        "csv" => "CSV",
        _ => "GeoJSON",
    };

    static string Size(long bytes, Words words) => bytes >= 1_000_000
        ? words.Number(bytes / 1e6, "F1") + " MB"
        : words.Count(Math.Max(1, bytes / 1000)) + " kB";
}
