namespace CivicSense.OpenData;

/// <summary>Estimates of several areas over the same time in one chart: each has its colour, its kind of line and its interval.</summary>
sealed class ComparisonChart(Words words)
{
    /// <summary>The style sheet has so many kinds of lines that are told apart without colours too.</summary>
    public const int MostSeries = 4;

    /// <summary>Draws the chart with its legend.</summary>
    /// <param name="title">What is compared.</param>
    /// <param name="series">The names and their estimates of one quantity and resolution; at least one with at least one estimate.</param>
    /// <param name="isTooUncertain">For which estimates the band is drawn but no line.</param>
    public Html Draw(string title, IReadOnlyList<(string Name, IReadOnlyList<Estimate> Estimates)> series, Func<Estimate,
        bool> isTooUncertain)
    {
        var all = series.SelectMany(one => one.Estimates).OrderBy(estimate => estimate.Start).ToList();
        var scale = ChartScale.Of(all);
        var html = new Html();
        html.Append($"""<figure><svg class="chart" viewBox="0 0 {ChartScale.Width} {ChartScale.Height}" """)
            .Append($"""role="img" aria-labelledby="both-t both-d">""");
        html.Append($"""<title id="both-t">{title}</title><desc id="both-d">{words["compare.describe"]}</desc>""");
        ChartParts.DrawValueAxis(html, scale, ChartInk.OnPage, words);
        ChartParts.DrawDays(html, scale, all, ChartInk.OnPage, words);
        for (var i = 0; i < series.Count; i++)
        {
            foreach (var run in ChartParts.Runs(series[i].Estimates, _ => true))
                html.Append($"""<path class="band band-{i}" d="{ChartParts.Band(run, scale)}"/>""");
        }
        for (var i = 0; i < series.Count; i++)
        {
            foreach (var run in ChartParts.Runs(series[i].Estimates, estimate => !isTooUncertain(estimate)))
                html.Append($"""<path class="line line-{i}" d="{ChartParts.Line(run, scale)}"/>""");
        }
        html.Append($"</svg><figcaption>{words.Text("chart.caption", ("title", title), ("unit", all[0].Quantity.UnitSymbol))}")
            .Append($"""<ul class="legend">""");
        for (var i = 0; i < series.Count; i++)
        {
            html.Append($"""<li><svg class="key-line" viewBox="0 0 40 8" aria-hidden="true"><path class="line line-{i}" d="M0 4H40"/>""")
                .Append($"</svg> {series[i].Name}</li>");
        }
        return html.Append($"</ul></figcaption></figure>");
    }
}
