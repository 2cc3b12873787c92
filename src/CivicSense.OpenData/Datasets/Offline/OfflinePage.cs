namespace CivicSense.OpenData;

/// <summary><c>index.html</c> of an archive: what is in it, with links that work from a folder.</summary>
static class OfflinePage
{
    public static Html Write(OpenDataOptions options, DatasetCatalogue catalogue, IReadOnlyList<string> recent)
    {
        var page = new Html();
        page.Append($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>Open data of {options.NeighbourhoodName}</title><link rel=\"stylesheet\" href=\"style.css\"></head><body><main id=\"main\">");
        page.Append($"<h1>Open data of {options.NeighbourhoodName}</h1>");
        page.Append($"<p class=\"lead\">Air and noise, measured by neighbours. Everything here is computed from sums with random noise, so that nobody can tell what a single household’s sensors measured on a day.</p>");
        foreach (var dataset in DatasetInfo.All)
            DrawDataset(page, options, catalogue, dataset);
        if (recent.Count > 0)
        {
            page.Append($"<section><h2>Recent measurements</h2><p>Of months that are not final; the columns are those of the noisy measurements.</p><ul>");
            foreach (var path in recent)
                page.Append($"<li><a href=\"{path}\">{path}</a></li>");
            page.Append($"</ul></section>");
        }
        page.Append($"<section><h2>The privacy ledger</h2><p><a href=\"ledger/ledger.ndjson\">ledger.ndjson</a> has one entry a line. The SHA-256 of a line, without the line feed at its end, is the entry’s fingerprint, and stands in the next line as <code>previous</code>. ");
        page.Append($"The SHA-256 of a file in <code>ledger/plans/</code> is what its day’s entries name as <code>plan</code>.</p></section>");
        page.Append($"<section><h2>About the files</h2><ul>");
        foreach (var name in DatasetDocuments.Described)
            page.Append($"<li><a href=\"datasets/{name}\">{name}</a></li>");
        return page.Append($"</ul></section></main></body></html>");
    }

    static void DrawDataset(Html page, OpenDataOptions options, DatasetCatalogue catalogue, DatasetInfo dataset)
    {
        var licence = DatasetLicence.Find(options.LicenceOf(dataset.Id));
        page.Append($"<section><h2>{dataset.Title}</h2><p>{dataset.Description}</p><p class=\"small\">Licence: {licence.Name} ({licence.Id}). ");
        page.Append($"Hashes: <a href=\"datasets/{dataset.Id}/SHA256SUMS\">SHA256SUMS</a>.</p>");
        page.Append($"<table><thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Meaning</th></tr></thead><tbody>");
        foreach (var field in dataset.Fields)
            page.Append($"<tr><th scope=\"row\"><code>{field.Name}</code></th><td>{field.Description}</td></tr>");
        page.Append($"</tbody></table><ul>");
        foreach (var month in catalogue.ManifestOf(dataset).Months.Reverse())
        {
            foreach (var file in month.Files)
                page.Append($"<li><a href=\"datasets/{dataset.Id}/{file.Path}\">{dataset.NameOf(file, month.Month)}</a>, {file.Rows} rows</li>");
        }
        page.Append($"</ul></section>");
    }
}
