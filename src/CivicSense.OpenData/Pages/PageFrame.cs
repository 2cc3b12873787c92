namespace CivicSense.OpenData;

/// <summary>Head, navigation and footer of every page.</summary>
static class PageFrame
{
    static readonly (string Path, string Name)[] Places = [("/", "Now"), ("/datasets", "Downloads"), ("/about", "What is protected"), ("/ledger", "Privacy ledger")];

    public static Html Around(OpenDataOptions options, string path, string title, Html main)
    {
        var html = new Html();
        html.Append($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Append($"<title>{title} – {options.NeighbourhoodName}</title>");
        html.Append($"<meta name=\"description\" content=\"Air and noise in {options.NeighbourhoodName}, measured by neighbours, with a privacy guarantee.\">");
        html.Append($"<link rel=\"stylesheet\" href=\"{Asset.Style.Address}\"><link rel=\"icon\" href=\"{Asset.Icon.Address}\"></head><body>");
        html.Append($"<a class=\"skip\" href=\"#main\">Skip to the content</a>");
        html.Append($"<header><p class=\"name\"><a href=\"/\">{options.NeighbourhoodName}</a></p><nav aria-label=\"Pages\"><ul>");
        foreach (var (address, name) in Places)
        {
            if (address == path) html.Append($"<li><a href=\"{address}\" aria-current=\"page\">{name}</a></li>");
            else html.Append($"<li><a href=\"{address}\">{name}</a></li>");
        }
        html.Append($"</ul></nav></header>");
        if (options.Notice is { Length: > 0 } notice)
            html.Append($"<p class=\"notice\" role=\"note\">{notice}</p>");
        html.Append($"<main id=\"main\">").Append(main).Append($"</main>");
        return html.Append(Footer(options)).Append($"</body></html>");
    }

    static Html Footer(OpenDataOptions options)
    {
        var html = new Html();
        html.Append($"<footer><p>Data: <a href=\"https://spdx.org/licenses/{options.Licence}.html\">{options.Licence}</a>. ");
        html.Append($"Program: CivicSense, free software under the GNU AGPL 3.0 or later; ");
        if (options.SourceCode is { } source) html.Append($"<a href=\"{source.AbsoluteUri}\">its source code</a>. ");
        else html.Append($"ask whoever runs this page for its source code. ");
        return html.Append($"This page uses no cookies and no script, and loads nothing from elsewhere.</p></footer>");
    }
}
