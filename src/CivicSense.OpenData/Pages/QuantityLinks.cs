namespace CivicSense.OpenData;

/// <summary>Links to the same page about each quantity of a plan.</summary>
static class QuantityLinks
{
    /// <param name="plan">The plan.</param>
    /// <param name="shown">The quantity that the page is about.</param>
    /// <param name="address">The address for a quantity.</param>
    /// <param name="words">The language of the page.</param>
    public static Html Draw(ReleasePlan plan, Quantity shown, Func<Quantity, string> address, Words words)
    {
        var html = new Html();
        html.Append($"<nav aria-label=\"{words["areaPage.quantities"]}\"><ul>");
        foreach (var quantity in plan.Quantities.Select(planned => planned.Quantity))
        {
            var current = quantity == shown ? new Html().Append($" aria-current=\"page\"") : null;
            html.Append($"<li><a href=\"{address(quantity)}\"{current}>{words.Plain(quantity)}</a></li>");
        }
        return html.Append($"</ul></nav>");
    }
}
