using CivicSense.Commons;
using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>Head and foot of every page. Style sheet and icon are those of the public pages, named by their addresses.</summary>
static class PageFrame
{
    /// <summary>A whole page.</summary>
    public static string Around(PrivateRequest request, StewardshipOptions options, string title, IHtmlContent main)
    {
        var words = request.Words;
        var html = new HtmlContentBuilder();
        html.Add($"<!DOCTYPE html><html lang=\"{words.Language.Code}\"><head><meta charset=\"utf-8\">");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<title>{title} – {options.NeighbourhoodName}</title>");
        html.Add($"<link rel=\"stylesheet\" href=\"/assets/style.css\"><link rel=\"icon\" href=\"/assets/icon.svg\"></head><body>");
        html.Add($"<a class=\"skip\" href=\"#main\">{words["frame.skip"]}</a>");
        html.Add($"<header><p class=\"name\"><a href=\"{request.Link("/")}\">{options.NeighbourhoodName}</a></p>");
        html.Add($"<nav aria-label=\"{words["frame.pages"]}\"><ul>");
        html.Add($"<li><a href=\"{request.Link(DeviceResource.Path)}\" aria-current=\"page\">{words["device.title"]}</a></li>");
        html.Add($"<li><a href=\"{request.Link("/")}\">{words["device.everybody"]}</a></li>");
        html.Add($"<li><a href=\"{request.Link("/about")}\">{words["frame.place.about"]}</a></li></ul></nav>{Switch(words)}</header>");
        if (options.Notice?.For(words.Language, options.Language) is var (notice, code))
            html.Add($"<p class=\"notice\" role=\"note\" lang=\"{code}\">{notice}</p>");
        html.Add($"<main id=\"main\">{main}</main><footer><p>{words["device.footer"]}</p></footer>");
        return html.Add($"</body></html>").ToText();
    }

    /// <summary>The same page in each language, by its own name.</summary>
    static HtmlContentBuilder Switch(PrivateWords words)
    {
        var html = new HtmlContentBuilder();
        html.Add($"<nav class=\"languages\" aria-label=\"{words["frame.languages"]}\"><ul>");
        foreach (var language in LanguageCatalogue.All)
        {
            var current = new HtmlString(language == words.Language ? " aria-current=\"true\"" : "");
            html.Add($"<li><a href=\"/{language.Code}{DeviceResource.Path}\" hreflang=\"{language.Code}\" ");
            html.Add($"lang=\"{language.Code}\"{current}>{language.Name}</a></li>");
        }
        return html.Add($"</ul></nav>");
    }
}
