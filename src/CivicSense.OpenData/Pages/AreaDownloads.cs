namespace CivicSense.OpenData;

/// <summary>Where the data of one area are.</summary>
static class AreaDownloads
{
    /// <summary>
    /// What follows the address of a CSV so that the list comes to its end: a browser that saves a file does not follow the link to the
    /// next page.
    /// </summary>
    /// <param name="from">The first instant or day wanted; null for what the list begins with anyway.</param>
    public static string All(string? from) => $"&limit={QueryParameter.AllRows}" + (from is null ? "" : $"&from={from}");

    /// <summary>Links to estimates and indices of an area and quantity.</summary>
    public static Html Draw(Area area, Quantity quantity, Words words)
    {
        var html = DrawEstimates(area, quantity, words).Append($"<p>{words["download.indices"]} ");
        var indices = $"/api/v1/areas/{AreaKey.Write(area)}/indices";
        return quantity == Quantity.Laeq
            ? html.Append($"""<a href="{indices}/sound?format=csv">{words["download.sound"]}</a></p>""")
            : html.Append($"""<a href="{indices}/air?format=csv">{words["download.european"]}</a> · """)
                .Append($"""<a href="{indices}/air?table=us-2024&amp;format=csv">{words["download.us"]}</a> · """)
                .Append($"""<a href="{indices}/guidelines?format=csv">{words["download.who"]}</a></p>""");
    }

    /// <summary>Links to estimates of an area and quantity.</summary>
    /// <param name="area">The area.</param>
    /// <param name="quantity">The quantity.</param>
    /// <param name="words">The language of the page.</param>
    /// <param name="time">The time that is asked for; null for the newest.</param>
    public static Html DrawEstimates(Area area, Quantity quantity, Words words, (DateTimeOffset From, DateTimeOffset Until)? time = null)
    {
        var html = new Html();
        var estimates = $"/api/v1/areas/{AreaKey.Write(area)}/estimates?quantity={quantity.Id}";
        if (time is var (from, until))
            estimates += $"&from={TimeText.Write(from)}&to={TimeText.Write(until)}";
        html.Append($"<p>");
        foreach (var resolution in ResolutionName.All)
        {
            html.Append($"<a")
                .Append($""" href="{estimates}&amp;resolution={resolution}&amp;format=csv{All(null)}">{words[$"download.{resolution}"]}""")
                .Append($"</a> · ");
        }
        return html.Append($"""<a href="{estimates}&amp;format=json">JSON</a></p>""");
    }
}
