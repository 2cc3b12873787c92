namespace CivicSense.OpenData;

/// <summary>
/// A chart of estimates over time as inline SVG: the 95 % interval as a band, the estimate as a line, and nothing where it is not known.
/// </summary>
sealed class LineChart(string id, string title, Words words)
{
    /// <summary>Draws estimates of one quantity and resolution that are ordered by start.</summary>
    /// <param name="estimates">At least one.</param>
    /// <param name="isTooUncertain">For which estimates the band is drawn but no line.</param>
    /// <param name="guideline">A line to compare with, and its name; or null.</param>
    public Html Draw(IReadOnlyList<Estimate> estimates, Func<Estimate, bool> isTooUncertain, (double Value, string Name)? guideline = null)
    {
        var quantity = estimates[0].Quantity;
        var html = new Html();
        html.Append($"""<figure><svg class="chart" viewBox="0 0 {ChartScale.Width} {ChartScale.Height}" role="img" aria-labelledby="{id}""")
            .Append($"""-t {id}-d">""");
        html.Append($"""<title id="{id}-t">{title}</title><desc id="{id}-d">{Describe(estimates)}</desc>""");
        DrawInside(html, estimates, isTooUncertain, ChartInk.OnPage, guideline?.Value);
        html.Append($"</svg><figcaption>{words.Text("chart.caption", ("title", title), ("unit", quantity.UnitSymbol))}");
        if (estimates.Any(isTooUncertain)) html.Append($" {words[$"chart.missing.{ResolutionName.Write(estimates[0].Resolution)}"]}");
        html.Append($" {State(estimates)}");
        // Not beside its line: wherever that is, the estimates may be there too.
        if (guideline is var (_, name))
        {
            html.Append($"""<ul class="legend"><li><svg class="key-line" viewBox="0 0 40 8" aria-hidden="true">""")
                .Append($"""<path class="guide" d="M0 4H40"/></svg> {name}</li></ul>""");
        }
        return html.Append($"</figcaption></figure>");
    }

    /// <summary>Draws axes and estimates, without anything around them.</summary>
    public void DrawInside(
        Html html, IReadOnlyList<Estimate> estimates, Func<Estimate, bool> isTooUncertain, ChartInk ink,
            double? guideline)
    {
        var scale = ChartScale.Of(estimates, guideline);
        ChartParts.DrawValueAxis(html, scale, ink, words);
        ChartParts.DrawDays(html, scale, estimates, ink, words);
        foreach (var run in ChartParts.Runs(estimates, _ => true))
            html.Append($"""<path {ink.Band} d="{ChartParts.Band(run, scale)}"/>""");
        if (guideline is { } line)
        {
            html.Append($"""<path {ink.Guide} d="M{ChartScale.Left} {scale.Y(line):F1}H{ChartScale.Width - ChartScale.Right}"/>""");
        }
        foreach (var run in ChartParts.Runs(estimates, estimate => !isTooUncertain(estimate)))
            html.Append($"""<path {ink.Line} d="{ChartParts.Line(run, scale)}"/>""");
    }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    public string Describe(IReadOnlyList<Estimate> estimates)
    {
        var highest = estimates.MaxBy(estimate => estimate.Value)!;
        var lowest = estimates.MinBy(estimate => estimate.Value)!;
        return words.Text(
            "chart.describe", ("first", words.Period(estimates[0])), ("last", words.Period(estimates[^1])),
            ("unit", estimates[0].Quantity.UnitSymbol), ("lowest", words.Value(lowest)), ("lowestTime", words.Period(lowest)),
            ("highest", words.Value(highest)), ("highestTime", words.Period(highest)), ("newest", words.Interval(estimates[^1])));
    }

    /// <summary>Which numbers of a history are final.</summary>
    string State(IReadOnlyList<Estimate> estimates)
    {
        var final = estimates.LastOrDefault(estimate => estimate.Status == EstimateStatus.Final);
        return final is null ? words["chart.allLive"]
            : final == estimates[^1] ? words["chart.allFinal"]
            : words.Text("chart.someFinal", ("last", words.Period(final)));
    }
}
