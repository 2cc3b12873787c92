namespace CivicSense.OpenData;

/// <summary>What the numbers of a page mean, for somebody who has never seen such a number.</summary>
static class MeaningSection
{
    /// <summary>Draws the section of an area's page.</summary>
    public static Html Draw(AreaSubject subject, PageRequest request)
    {
        var (words, quantity) = (request.Words, subject.Quantity);
        var html = new Html();
        html.Append($"""<section aria-labelledby="meaning"><h2 id="meaning">{words["meaning.title"]}</h2>""")
            .Append($"<p>{words[$"meaning.quantity.{quantity.Id}"]}</p>");
        html.Append($"<p>{words["meaning.interval"]} {words["certainty.ofSensors"]}</p><p>{words["meaning.source"]}</p>");
        DrawBands(html, quantity, words);
        DrawLevels(html, quantity, words);
        return html.Append($"""<p><a href="{request.Link("/about")}#words">{words["meaning.more"]}</a></p></section>""");
    }

    static void DrawBands(Html html, Quantity quantity, Words words)
    {
        var table = IndexTables.Europe2024;
        if (table.ScaleOf(quantity) is not { } scale) return;
        html.Append($"""<h3>{words.Text("meaning.bands", ("unit", quantity.UnitSymbol))}</h3><ul class="legend">""");
        for (var band = 0; band < scale.Ranges.Length; band++)
        {
            html.Append($"<li>{BandView.Swatch(table, band, band)}")
                .Append($" {BandView.Name(table, band, words)}: {BandView.Range(scale.Ranges[band], words)}</li>");
        }
        html.Append($"</ul>");
    }

    static void DrawLevels(Html html, Quantity quantity, Words words)
    {
        var levels = GuidelineTables.Who2021.Levels.Where(level => level.Quantity == quantity).GroupBy(level => level.Period)
            .Select(group => group.Last()).ToList();
        if (levels.Count == 0) return;
        html.Append($"<h3>{words["meaning.levels"]}</h3><ul>");
        foreach (var level in levels)
            html.Append($"<li>{words[$"meaning.period.{level.Period}"]}: {words.Number(level.Value, "0.#")} {quantity.UnitSymbol}</li>");
        html.Append($"</ul>");
    }
}
