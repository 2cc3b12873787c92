namespace CivicSense.OpenData;

/// <summary>Where the data of one area are.</summary>
static class AreaDownloads
{
    /// <summary>Links to estimates and indices of an area and quantity.</summary>
    public static Html Draw(Area area, Quantity quantity, Words words)
    {
        var html = new Html();
        var estimates = $"/api/v1/areas/{AreaKey.Write(area)}/estimates?quantity={quantity.Id}";
        html.Append($"<p>");
        foreach (var resolution in ResolutionName.All)
            html.Append($"<a href=\"{estimates}&amp;resolution={resolution}&amp;format=csv\">{words[$"download.{resolution}"]}</a> · ");
        html.Append($"<a href=\"{estimates}&amp;format=json\">JSON</a></p><p>{words["download.indices"]} ");
        var indices = $"/api/v1/areas/{AreaKey.Write(area)}/indices";
        return quantity == Quantity.Laeq
            ? html.Append($"<a href=\"{indices}/sound?format=csv\">{words["download.sound"]}</a></p>")
            : html.Append($"<a href=\"{indices}/air?format=csv\">{words["download.european"]}</a> · <a href=\"{indices}/air?table=us-2024&amp;format=csv\">{words["download.us"]}</a> · <a href=\"{indices}/guidelines?format=csv\">{words["download.who"]}</a></p>");
    }
}
