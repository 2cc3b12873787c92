using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>Head and foot of every page. Style sheet and icon are those of the public pages, named by their addresses.</summary>
static class PageFrame
{
    /// <summary>A whole page.</summary>
    public static string Around(StewardshipOptions options, string title, HtmlContentBuilder main)
    {
        var html = new HtmlContentBuilder();
        html.Add($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<title>{title} – {options.NeighbourhoodName}</title>");
        html.Add($"<link rel=\"stylesheet\" href=\"/assets/style.css\"><link rel=\"icon\" href=\"/assets/icon.svg\"></head><body>");
        html.Add($"<a class=\"skip\" href=\"#main\">Skip to the content</a>");
        html.Add($"<header><p class=\"name\"><a href=\"/\">{options.NeighbourhoodName}</a></p><nav aria-label=\"Pages\"><ul>");
        html.Add($"<li><a href=\"{DeviceResource.Path}\" aria-current=\"page\">My device</a></li>");
        html.Add($"<li><a href=\"/\">What everybody sees</a></li>");
        html.Add($"<li><a href=\"/about\">What is protected</a></li></ul></nav></header>");
        if (options.Notice is { Length: > 0 } notice)
            html.Add($"<p class=\"notice\" role=\"note\">{notice}</p>");
        html.Add($"<main id=\"main\">{main}</main>");
        html.Add($"<footer><p>This page is for the holder of one device. It uses no cookies and no script, ");
        html.Add($"and your browser is told not to keep it. To sign out, close the browser.</p></footer>");
        return html.Add($"</body></html>").ToText();
    }
}
