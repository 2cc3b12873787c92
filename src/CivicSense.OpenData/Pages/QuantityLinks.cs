namespace CivicSense.OpenData;

/// <summary>Links to the same page about each quantity that there is.</summary>
static class QuantityLinks
{
    /// <param name="quantities">The quantities.</param>
    /// <param name="shown">The quantity that the page is about.</param>
    /// <param name="address">The address for a quantity.</param>
    /// <param name="words">The language of the page.</param>
    public static Html Draw(IEnumerable<Quantity> quantities, Quantity shown, Func<Quantity, string> address, Words words)
    {
        var html = new Html();
        html.Append($"<nav aria-label=\"{words["areaPage.quantities"]}\"><ul>");
        foreach (var quantity in quantities)
        {
            var current = quantity == shown ? new Html().Append($" aria-current=\"page\"") : null;
            html.Append($"<li><a href=\"{address(quantity)}\"{current}>{words.Plain(quantity)}</a></li>");
        }
        return html.Append($"</ul></nav>");
    }
}
