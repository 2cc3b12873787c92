namespace CivicSense.OpenData;

/// <summary>The release areas as squares at their places, as inline SVG, with their values as text.</summary>
static class AreaMap
{
    const int Longest = 320;
    const int MostLabelled = 40;

    /// <summary>Draws the map.</summary>
    /// <param name="names">The areas and their names.</param>
    /// <param name="quantity">What is shown.</param>
    /// <param name="values">The newest estimate of each area that has one certain enough to be shown.</param>
    public static Html Draw(AreaNames names, Quantity quantity, IReadOnlyDictionary<Area, Estimate> values)
    {
        var areas = names.Tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area).ToList();
        var frame = MapFrame.Around(areas);
        var scale = Longest / Math.Max(frame.Width, frame.Height);
        var html = new Html();
        html.Append($"<figure><svg class=\"map\" viewBox=\"-2 -2 {frame.Width * scale + 4:F0} {frame.Height * scale + 4:F0}\" role=\"img\" aria-labelledby=\"map-t map-d\">");
        html.Append($"<title id=\"map-t\">Map of the areas: {Words.Plain(quantity)}</title>");
        html.Append($"<desc id=\"map-d\">North is up. The table of areas has the same values.</desc>");
        if (areas.Count <= MostLabelled)
        {
            foreach (var area in areas)
                DrawArea(html, area, names.LetterOf(area), frame, scale, values.GetValueOrDefault(area));
        }
        else
        {
            DrawTogether(html, areas, frame, scale, values);
        }
        html.Append($"</svg>");
        DrawLegend(html, quantity, areas.Any(area => !values.ContainsKey(area)));
        return html.Append($"</figure>");
    }

    static void DrawArea(Html html, Area area, string letter, MapFrame frame, double scale, Estimate? estimate)
    {
        var box = MapFrame.Of(area);
        var (x, y, size) = ((box.Left - frame.Left) * scale, (box.Top - frame.Top) * scale, box.Width * scale);
        var band = Band(estimate);
        html.Append($"<rect class=\"cell b{band}\" x=\"{x:F1}\" y=\"{y:F1}\" width=\"{size:F1}\" height=\"{size:F1}\"/>");
        var value = estimate is null ? "?" : Words.Value(estimate);
        var font = Math.Clamp(size / 4, 6, 30);
        html.Append($"<text class=\"on{band}\" x=\"{x + size / 2:F1}\" y=\"{y + size / 2:F1}\" font-size=\"{font:F0}\" text-anchor=\"middle\">");
        html.Append($"{letter}<tspan class=\"v\" x=\"{x + size / 2:F1}\" dy=\"1.1em\">{value}</tspan></text>");
    }

    /// <summary>
    /// Many areas are one shape for each size and colour, which keeps the page small; larger ones lie below the finer ones inside them.
    /// </summary>
    static void DrawTogether(Html html, List<Area> areas, MapFrame frame, double scale, IReadOnlyDictionary<Area, Estimate> values)
    {
        foreach (var alike in areas.GroupBy(area => (area.Zoom, Band: Band(values.GetValueOrDefault(area)))).OrderBy(group => group.Key.Zoom))
        {
            html.Append($"<path class=\"b{alike.Key.Band}\" d=\"");
            foreach (var box in alike.Select(MapFrame.Of))
            {
                var side = box.Width * scale;
                html.Append($"M{(box.Left - frame.Left) * scale:F1} {(box.Top - frame.Top) * scale:F1}h{side:F1}v{side:F1}h-{side:F1}z");
            }
            html.Append($"\"/>");
        }
    }

    static string Band(Estimate? estimate) => estimate is null ? "none" : Words.Number(ValueBands.Of(estimate.Quantity, estimate.Value), 0);

    static void DrawLegend(Html html, Quantity quantity, bool anyMissing)
    {
        html.Append($"<figcaption>Most likely {quantity.Name} in {quantity.UnitSymbol}. North is up.");
        if (ValueBands.Edges(quantity).Count > 0)
        {
            html.Append($"<ul class=\"legend\">");
            for (var band = 1; band <= ValueBands.Count; band++)
                html.Append($"<li><svg class=\"swatch\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"b{band}\" width=\"1\" height=\"1\"/></svg> {ValueBands.Name(quantity, band)}</li>");
            if (anyMissing) html.Append($"<li>? too uncertain, or nothing yet</li>");
            html.Append($"</ul>");
        }
        html.Append($"</figcaption>");
    }
}
