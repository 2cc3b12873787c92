namespace CivicSense.OpenData;

/// <summary>
/// <c>index.html</c> of an archive, and the same in each further language: what is in it, with links that work from a folder.
/// </summary>
static class OfflinePage
{
    /// <summary>Where the ledger is.</summary>
    public const string Ledger = "ledger/ledger.ndjson";

    /// <summary>The folder of tables of one kind and its columns.</summary>
    static readonly (string Prefix, string Key, IEnumerable<string> Columns)[] Kinds =
    [
        ("recent/estimates-", "estimates", Csv<EstimateRow>.ColumnNames), ("tables/estimates-", "estimates", Csv<EstimateRow>.ColumnNames),
        ("tables/revisions-", "revisions", Csv<RevisionRow>.ColumnNames), ("tables/activity", "activity", Csv<ActivityRow>.ColumnNames),
        ("tables/references", "references", Csv<ReferenceRow>.ColumnNames),
        ("tables/model", "model", Csv<ModelRow>.ColumnNames), ("tables/areas", "areas", Csv<AreaRow>.ColumnNames),
        ("tables/quantities", "quantities", Csv<QuantityRow>.ColumnNames),
    ];

    /// <summary>What the page of a language is called.</summary>
    public static string NameOf(Language language, OpenDataOptions options) =>
        language == options.DefaultLanguage ? "index.html" : $"index.{language.Code}.html";

    public static Html Write(
        Words words, OpenDataOptions options, DatasetCatalogue catalogue, IReadOnlyList<string> tables, LedgerEntry? last)
    {
        var page = new Html();
        var title = words.Text("offline.title", ("name", options.NeighbourhoodName));
        page.Append($"""<!DOCTYPE html><html lang="{words.Language.Code}"><head><meta charset="utf-8">""")
            .Append($"""<meta name="viewport" content="width=device-width, initial-scale=1">""");
        page.Append($"""<title>{title}</title><link rel="stylesheet" href="style.css"></head><body><header>""");
        DrawLanguages(page, words, options);
        page.Append($"""</header><main id="main"><h1>{title}</h1><p class="lead">{words["offline.lead"]}</p>""");
        var until = last is null
            ? words["offline.nothing"]
            : words.Text("offline.until", ("time", words.Instant(last.Content.Recorded)), ("zone", words.Zone.Id));
        page.Append($"<p>{until}</p>");
        foreach (var dataset in DatasetInfo.All)
            DrawDataset(page, options, catalogue, dataset, words);
        DrawRecent(page, tables, words);
        DrawOthers(page, tables, words);
        DrawLedger(page, words);
        page.Append($"<section><h2>{words["datasets.aboutFiles"]}</h2><ul>");
        foreach (var name in DatasetDocuments.Described)
            page.Append($"""<li><a href="datasets/{name}">{name}</a></li>""");
        return page.Append($"</ul></section></main></body></html>");
    }

    static void DrawLanguages(Html page, Words words, OpenDataOptions options)
    {
        page.Append($"""<nav class="languages" aria-label="{words["frame.languages"]}"><ul>""");
        foreach (var language in LanguageCatalogue.All)
        {
            var current = language == words.Language ? new Html().Append($" aria-current=\"true\"") : null;
            page.Append($"""<li><a href="{NameOf(language, options)}" hreflang="{language.Code}" lang="{language.Code}"{current}>""")
                .Append($"{language.Name}</a></li>");
        }
        page.Append($"</ul></nav>");
    }

    static void DrawDataset(Html page, OpenDataOptions options, DatasetCatalogue catalogue, DatasetInfo dataset, Words words)
    {
        var licence = DatasetLicence.Find(options.LicenceOf(dataset));
        var title = dataset.TitleIn(words.Language);
        page.Append($"""<section aria-labelledby="{dataset.Id}"><h2 id="{dataset.Id}">{title}</h2><p>{dataset.Describe(words.Language)}""")
            .Append($"</p>");
        page.Append($"""<p class="small">{words.Text("offline.licence", ("name", licence.Name), ("id", licence.Id))} """);
        page.Append($"{words.Markup("offline.hashes", ("address", $"datasets/{dataset.Id}/SHA256SUMS"))}</p>");
        page.Append($"""<div class="scroll" tabindex="0" role="region" aria-label="{words.Text("offline.columns", ("title", title))}">""")
            .Append($"<table><thead><tr>");
        page.Append($"""<th scope="col">{words["offline.column"]}</th><th scope="col">{words["offline.meaning"]}</th></tr></thead>""")
            .Append($"<tbody>");
        foreach (var field in dataset.Fields)
            page.Append($"""<tr><th scope="row"><code>{field.Name}</code></th><td>{field.Describe(words.Language)}</td></tr>""");
        page.Append($"</tbody></table></div><ul>");
        foreach (var file in catalogue.InOrder.Where(file => file.Dataset == dataset)
            .OrderByDescending(file => file.Month.Month, StringComparer.Ordinal))
        {
            var name = dataset.NameOf(file.Entry, file.Month.Month);
            page.Append($"<li>{words.Markup(
                "offline.file", ("name", name), ("address", $"datasets/{file.Address}"),
                ("rows", words.Count(file.Entry.Rows)))}</li>");
        }
        page.Append($"</ul></section>");
    }

    static void DrawRecent(Html page, IReadOnlyList<string> tables, Words words)
    {
        var recent = tables.Where(path => path.StartsWith("recent/measurements-", StringComparison.Ordinal)).ToList();
        if (recent.Count == 0) return;
        page.Append($"<section><h2>{words["offline.recent"]}</h2><p>{words["offline.recentMeaning"]}</p>");
        DrawLinks(page, recent);
        page.Append($"</section>");
    }

    static void DrawOthers(Html page, IReadOnlyList<string> tables, Words words)
    {
        var kinds = Kinds.Select(
            kind => (kind.Key, kind.Columns, Paths: tables.Where(path => path.StartsWith(kind.Prefix, StringComparison.Ordinal)).ToList()))
            .Where(kind => kind.Paths.Count > 0).GroupBy(kind => kind.Key).ToList();
        if (kinds.Count == 0) return;
        page.Append($"<section><h2>{words["offline.others"]}</h2>");
        foreach (var kind in kinds)
        {
            var columns = new Html().Append($"<code>{string.Join(", ", kind.First().Columns)}</code>");
            page.Append($"<p>{words.Markup($"offline.tables.{kind.Key}", ("columns", columns))}</p>");
            DrawLinks(page, kind.SelectMany(part => part.Paths));
        }
        page.Append($"</section>");
    }

    static void DrawLinks(Html page, IEnumerable<string> paths)
    {
        page.Append($"<ul>");
        foreach (var path in paths)
            page.Append($"""<li><a href="{path}">{path}</a></li>""");
        page.Append($"</ul>");
    }

    static void DrawLedger(Html page, Words words)
    {
        var file = new Html().Append($"""<a href="{Ledger}">ledger.ndjson</a>""");
        page.Append($"<section><h2>{words["offline.ledger"]}</h2>")
            .Append($"<p>{words.Markup("offline.ledgerMeaning", ("file", file), ("previous", Code("previous")))} ");
        page.Append($"{words.Markup("offline.plans", ("folder", Code("ledger/plans/")), ("plan", Code("plan")))}</p></section>");
    }

    static Html Code(string text) => new Html().Append($"<code>{text}</code>");
}
