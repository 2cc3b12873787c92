namespace CivicSense.OpenData;

/// <summary>The release areas as squares at their places, as inline SVG, with their values as text.</summary>
/// <remarks>
/// A square has the colour of its band on the European index; where that is a range of bands, the better half of the square has the colour
/// of the best and the other half that of the worst. Where areas are too many to write into, such squares are striped.
/// </remarks>
static class AreaMap
{
    const int Longest = 320;
    const int LongestOfMany = 1000;
    const int MostLabelled = 40;

    /// <summary>Draws the map.</summary>
    /// <param name="names">The areas and their names.</param>
    /// <param name="quantity">What is shown.</param>
    /// <param name="values">The newest hour of each area.</param>
    /// <param name="isTooUncertain">Which values are not shown as a number.</param>
    public static Html Draw(
        AreaNames names, Quantity quantity, IReadOnlyDictionary<Area, Estimate> values, Func<Estimate, bool> isTooUncertain)
    {
        var areas = names.Tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area).ToList();
        var frame = MapFrame.Around(areas);
        var isLabelled = areas.Count <= MostLabelled;
        var scale = (isLabelled ? Longest : LongestOfMany) / Math.Max(frame.Width, frame.Height);
        var html = new Html();
        html.Append($"<figure><svg class=\"map\" viewBox=\"-2 -2 {frame.Width * scale + 4:F0} {frame.Height * scale + 4:F0}\" role=\"img\" aria-labelledby=\"map-t map-d\">");
        html.Append($"<title id=\"map-t\">Map of the areas: {Words.Plain(quantity)}</title>");
        html.Append($"<desc id=\"map-d\">North is up. The table of areas has the same values, and the bands in words.</desc>");
        if (isLabelled)
        {
            foreach (var area in areas)
                DrawArea(html, area, names, frame, scale, values.GetValueOrDefault(area), isTooUncertain);
        }
        else
        {
            DrawTogether(html, areas, frame, scale, values);
        }
        html.Append($"</svg>");
        DrawLegend(html, quantity, areas.Any(area => values.GetValueOrDefault(area) is not { } value || isTooUncertain(value)));
        return html.Append($"</figure>");
    }

    static void DrawArea(
        Html html, Area area, AreaNames names, MapFrame frame, double scale, Estimate? estimate, Func<Estimate, bool> isTooUncertain)
    {
        var box = MapFrame.Of(area);
        var (x, y, size) = ((box.Left - frame.Left) * scale, (box.Top - frame.Top) * scale, box.Width * scale);
        var band = Band(estimate);
        html.Append($"<g><title>{names[area]}: {Describe(estimate, band, isTooUncertain)}</title>");
        html.Append($"<rect class=\"cell\" {Fill(Best(band))} x=\"{x:F1}\" y=\"{y:F1}\" width=\"{size:F1}\" height=\"{size:F1}\"/>");
        if (Worst(band) != Best(band))
            html.Append($"<path {Fill(Worst(band))} d=\"M{x + size - 1:F1} {y + 1:F1}V{y + size - 1:F1}H{x + 1:F1}Z\"/>");
        var value = estimate is null || isTooUncertain(estimate) ? "?" : Words.Value(estimate);
        var font = Math.Clamp(size / 4, 6, 30);
        html.Append($"<text x=\"{x + size / 2:F1}\" y=\"{y + size / 2:F1}\" font-size=\"{font:F0}\" text-anchor=\"middle\">");
        html.Append($"{names.LetterOf(area)}<tspan x=\"{x + size / 2:F1}\" dy=\"1.1em\">{value}</tspan></text></g>");
    }

    /// <summary>
    /// Many areas are one shape for each size and band, which keeps the page small; larger ones lie below the finer ones inside them. A range
    /// of bands has stripes of both colours.
    /// </summary>
    static void DrawTogether(Html html, List<Area> areas, MapFrame frame, double scale, IReadOnlyDictionary<Area, Estimate> values)
    {
        var groups = areas.Select(area => (Area: area, Band: Band(values.GetValueOrDefault(area))))
            .GroupBy(item => (item.Area.Zoom, Best: Best(item.Band), Worst: Worst(item.Band))).OrderBy(group => group.Key.Zoom).ToList();
        var striped = groups.Select(group => (group.Key.Best, group.Key.Worst)).Where(pair => pair.Best != pair.Worst).Distinct().ToList();
        for (var pair = 0; pair < striped.Count; pair++)
        {
            html.Append($"<pattern id=\"stripes-{pair}\" width=\"16\" height=\"16\" patternUnits=\"userSpaceOnUse\">");
            html.Append($"<path {Fill(striped[pair].Best)} d=\"M0 0h16v8H0z\"/><path {Fill(striped[pair].Worst)} d=\"M0 8h16v8H0z\"/></pattern>");
        }
        foreach (var alike in groups)
        {
            var pair = striped.IndexOf((alike.Key.Best, alike.Key.Worst));
            html.Append($"<path {(pair < 0 ? Fill(alike.Key.Best) : new Html().Append($"fill=\"url(#stripes-{pair})\""))} d=\"");
            foreach (var box in alike.Select(item => MapFrame.Of(item.Area)))
                html.Append($"M{(box.Left - frame.Left) * scale:F0} {(box.Top - frame.Top) * scale:F0}h{box.Width * scale:F0}v{box.Width * scale:F0}H{(box.Left - frame.Left) * scale:F0}z");
            html.Append($"\"/>");
        }
    }

    /// <summary>What is said about an area's band; null where the index says nothing about it.</summary>
    static BandStatement? Band(Estimate? estimate) =>
        estimate is not null && AirQualityIndex.Covers(IndexTables.Europe2024, estimate)
        && AirQualityIndex.Of(IndexTables.Europe2024, estimate) is { SaysNothing: false } statement
            ? statement
            : null;

    static string? Best(BandStatement? band) => band?.Table.Bands[band.First].Colour;

    static string? Worst(BandStatement? band) => band?.Table.Bands[band.Last].Colour;

    static Html Fill(string? colour) =>
        colour is null ? new Html().Append($"fill=\"#d9dcdb\"") : new Html().Append($"fill=\"{colour}\"");

    static string Describe(Estimate? estimate, BandStatement? band, Func<Estimate, bool> isTooUncertain) =>
        estimate is null
            ? "nothing yet"
            : (band is null ? "" : $"{band}, {BandView.Sure(band)}; ") + (isTooUncertain(estimate) ? "too uncertain for one hour" : Words.Interval(estimate));

    static void DrawLegend(Html html, Quantity quantity, bool anyMissing)
    {
        html.Append($"<figcaption>Most likely {quantity.Name} in {quantity.UnitSymbol}. North is up.");
        if (IndexTables.Europe2024.ScaleOf(quantity) is { } scale)
        {
            html.Append($" Colours: {IndexTables.Europe2024.Name}; two in one square where it may be either, or one between them.<ul class=\"legend\">");
            for (var band = 0; band < scale.Ranges.Length; band++)
                html.Append($"<li>{BandView.Swatch(IndexTables.Europe2024, band, band)} {IndexTables.Europe2024.Bands[band].Name}: {BandView.Range(scale.Ranges[band])}</li>");
            if (anyMissing) html.Append($"<li>? too uncertain, or nothing yet</li>");
            html.Append($"</ul>");
        }
        html.Append($"</figcaption>");
    }
}
