using System.Globalization;
using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>The release areas as squares at their places, as inline SVG, with their values as text.</summary>
/// <remarks>
/// A square has the colour of its most likely value, and stripes of it where that is too uncertain to be named. A script puts a map that
/// can be moved in its place (Assets/map.js), with what stands in the attributes of the figure.
/// </remarks>
static class AreaMap
{
    const int Longest = 320;
    const int LongestOfMany = 1000;
    const int MostLabelled = 40;

    // Every text that the script says; <c>{…}</c> are holes for it to fill.
    static readonly string[] ScriptTexts =
    [
        "map.time", "map.zoomIn", "map.zoomOut", "map.close", "map.open", "map.nothing", "map.tooUncertain", "map.label", "map.ready",
        "value.interval", "value.between",
    ];

    /// <summary>Draws the map.</summary>
    /// <param name="names">The areas and their names.</param>
    /// <param name="quantity">What is shown.</param>
    /// <param name="values">The newest hour of each area.</param>
    /// <param name="request">Whose words and limits are used.</param>
    public static Html Draw(AreaLabels names, Quantity quantity, IReadOnlyDictionary<Area, Estimate> values, PageRequest request)
    {
        var areas = names.Tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area).ToList();
        var frame = MapFrame.Around(areas);
        var isLabelled = areas.Count <= MostLabelled;
        var scale = (isLabelled ? Longest : LongestOfMany) / Math.Max(frame.Width, frame.Height);
        var html = new Html();
        html.Append($"""<figure {ForScript(quantity, request)}><svg class="map" viewBox="-2 -2 {frame.Width * scale + 4:F0}""")
            .Append($""" {frame.Height * scale + 4:F0}" role="img" aria-labelledby="map-t map-d">""");
        html.Append($"""<title id="map-t">{request.Words.Text("map.title", ("quantity", request.Words.Plain(quantity)))}</title>""")
            .Append($"""<desc id="map-d">{request.Words["map.describe"]}</desc>""");
        DrawPatterns(html, areas, values, isLabelled ? 8 : 16, request);
        if (isLabelled)
        {
            foreach (var area in areas)
                DrawArea(html, area, names, frame, scale, values.GetValueOrDefault(area), request);
        }
        else
        {
            DrawTogether(html, areas, frame, scale, values, request);
        }
        html.Append($"</svg>");
        DrawLegend(html, quantity,
            areas.Any(area => values.GetValueOrDefault(area) is not { } value || request.Options.IsTooUncertain(value)), request.Words);
        return html.Append($"</figure>");
    }

    static Html ForScript(Quantity quantity, PageRequest request)
    {
        var texts = ScriptTexts.ToDictionary(key => key, key => request.Words[key]);
        return new Html()
            .Append($"data-map=\"{request.Link($"/map/{quantity.Id}.json")}\" ")
            .Append($"data-culture=\"{request.Words.Language.Culture.Name}\" data-zone=\"{request.Words.Zone.Id}\" ")
            .Append($"data-tiles=\"{request.Options.MapTiles ?? ""}\" data-credit=\"{request.Options.MapCredit ?? ""}\" ")
            .Append($"data-texts=\"{JsonSerializer.Serialize(texts, PublicJson.Options)}\"");
    }

    static void DrawPatterns(Html html, List<Area> areas, IReadOnlyDictionary<Area, Estimate> values, int size, PageRequest request)
    {
        var striped = areas.Select(values.GetValueOrDefault).OfType<Estimate>().Where(request.Options.IsTooUncertain).Select(StepOf)
            .Distinct().Order();
        foreach (var step in striped)
        {
            html.Append($"""<pattern id="stripes-{step}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">""")
                .Append($"""<path fill="#f4f4f0" d="M0 0h{size}v{size}H0z"/>""");
            html.Append($"""<path stroke="{ColourScale.Colours[step]}" stroke-width="{size / 4}" d="M0 {size}L{size} 0"/></pattern>""");
        }
    }

    static void DrawArea(Html html, Area area, AreaLabels names, MapFrame frame, double scale, Estimate? estimate, PageRequest request)
    {
        var box = MapFrame.Of(area);
        var (x, y, size) = ((box.Left - frame.Left) * scale, (box.Top - frame.Top) * scale, box.Width * scale);
        html.Append($"<g><title>{names[area]}: {Describe(estimate, request)}</title>");
        html.Append($"""<rect class="cell" fill="{Fill(estimate, request.Options)}" x="{x:F1}" y="{y:F1}" """)
            .Append($"""width="{size:F1}" height="{size:F1}"/>""");
        var value = estimate is null || request.Options.IsTooUncertain(estimate) ? "?" : request.Words.Value(estimate);
        var font = Math.Clamp(size / 4, 6, 30);
        html.Append($"""<text x="{x + size / 2:F1}" y="{y + size / 2:F1}" font-size="{font:F0}" text-anchor="middle">""");
        html.Append($"""{names.LetterOf(area)}<tspan x="{x + size / 2:F1}" dy="1.1em">{value}</tspan></text></g>""");
    }

    /// <summary>
    /// Many areas are one shape for each size and colour, which keeps the page small; larger ones lie below the finer ones inside them.
    /// </summary>
    static void DrawTogether(
        Html html, List<Area> areas, MapFrame frame, double scale, IReadOnlyDictionary<Area, Estimate> values, PageRequest request)
    {
        foreach (var alike in areas.GroupBy(area => (area.Zoom, Fill: Fill(values.GetValueOrDefault(area), request.Options)))
            .OrderBy(group => group.Key.Zoom))
        {
            html.Append($"<path fill=\"{alike.Key.Fill}\" d=\"");
            foreach (var box in alike.Select(MapFrame.Of))
            {
                html.Append($"M{(box.Left - frame.Left) * scale:F0} {(box.Top - frame.Top) * scale:F0}h{box.Width * scale:F0}v")
                    .Append($"{box.Width * scale:F0}H{(box.Left - frame.Left) * scale:F0}z");
            }
            html.Append($"\"/>");
        }
    }

    static int StepOf(Estimate estimate) => ColourScale.StepOf(estimate.Quantity, estimate.Value);

    static string Fill(Estimate? estimate, OpenDataOptions options) =>
        estimate is null ? "#d9dcdb"
        : options.IsTooUncertain(estimate) ? string.Create(CultureInfo.InvariantCulture, $"url(#stripes-{StepOf(estimate)})")
        : ColourScale.Colours[StepOf(estimate)];

    static string Describe(Estimate? estimate, PageRequest request)
    {
        if (estimate is null) return request.Words["map.nothing"];
        var value = request.Options.IsTooUncertain(estimate) ? request.Words["value.tooUncertain.hour"] : request.Words.Interval(estimate);
        return AirQualityIndex.Covers(IndexTables.Europe2024, estimate)
            && AirQualityIndex.Of(IndexTables.Europe2024, estimate) is { SaysNothing: false } band
            ? $"{BandView.Say(band, request.Words)}, {BandView.Sure(band, request.Words)}; {value}"
            : value;
    }

    static void DrawLegend(Html html, Quantity quantity, bool anyMissing, Words words)
    {
        html.Append($"<figcaption>{words.Text("map.caption", ("quantity", words.Plain(quantity)), ("unit", quantity.UnitSymbol))}")
            .Append($"""<ul class="legend">""");
        for (var step = 0; step < ColourScale.Colours.Length; step++)
        {
            html.Append($"""<li><svg class="swatch step" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">""")
                .Append($"""<rect fill="{ColourScale.Colours[step]}" width="1" height="1"/>""")
                .Append($"</svg> {ColourScale.Name(quantity, step, words)}</li>");
        }
        if (anyMissing) html.Append($"<li>{words["map.legendUncertain"]}</li>");
        html.Append($"</ul></figcaption>");
    }
}
