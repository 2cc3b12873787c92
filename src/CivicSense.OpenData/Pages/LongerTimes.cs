namespace CivicSense.OpenData;

/// <summary>Days, weeks and months on a page: in a table, and where they stand in for an hour that is too uncertain.</summary>
static class LongerTimes
{
    /// <summary>
    /// What is said in place of a number that is too uncertain: the shortest longer time that is not; where all are, the interval of the
    /// longest, without a most likely value.
    /// </summary>
    /// <param name="tooUncertain">The estimate that is not shown.</param>
    /// <param name="longer">Newest estimates of the same area and quantity over longer times, the shortest first.</param>
    /// <param name="page">The page that has the longer times, "" for the one at hand.</param>
    /// <param name="request">Whose words and limits are used.</param>
    public static Html Instead(Estimate tooUncertain, IEnumerable<Estimate> longer, string page, PageRequest request)
    {
        var words = request.Words;
        var times = longer.Where(estimate => estimate.Resolution > tooUncertain.Resolution).ToList();
        if (times.Find(estimate => !request.Options.IsTooUncertain(estimate)) is { } sure)
            return new Html().Append($"{Link(sure)}: {words.Interval(sure)}");
        return times.Count == 0
            ? words.Markup("longer.none")
            : new Html().Append($"{Link(times[^1])}: {words.Text("value.noOneValue", ("between", words.Between(times[^1])))}");

        Html Link(Estimate time) =>
            new Html().Append($"""<a href="{page}#{ResolutionName.Write(time.Resolution)}">{words.Period(time)}</a>""");
    }

    /// <summary>A table of estimates of one quantity.</summary>
    /// <param name="html">The page.</param>
    /// <param name="estimates">The estimates, in the order of the rows; at least one.</param>
    /// <param name="caption">What the table has.</param>
    /// <param name="request">Whose words and limits are used.</param>
    /// <param name="level">What each is compared with beneath its interval; null for nothing.</param>
    public static void DrawTable(Html html, IEnumerable<Estimate> estimates, string caption, PageRequest request,
        GuidelineLevel? level = null)
    {
        var words = request.Words;
        html.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{caption}"><table class="days"><caption>{caption}""")
            .Append($"</caption>");
        html.Append($"""<thead><tr><th scope="col">{words["table.time"]}</th><th scope="col" class="n">{words["table.mostLikely"]}</th>""")
            .Append($"""<th scope="col" class="n">""");
        var between = level is null ? words["table.between"] : words.Text("table.betweenAndLevel", ("level", words.Number(level.Value, 0)));
        html.Append($"{between}</th></tr></thead><tbody>");
        DrawRows(html, estimates, request, level);
        html.Append($"</tbody></table></div>");
    }

    /// <summary>Rows of a table, one for each estimate; the columns are time, value and interval.</summary>
    /// <inheritdoc cref="DrawTable"/>
    public static void DrawRows(Html html, IEnumerable<Estimate> estimates, PageRequest request, GuidelineLevel? level = null)
    {
        var words = request.Words;
        foreach (var estimate in estimates)
        {
            html.Append($"""<tr><th scope="row">{words.ShortPeriod(estimate)}""");
            if (estimate.Resolution > Resolution.Hour)
            {
                html.Append($""" <span class="key">{words[estimate.Status == EstimateStatus.Final ? "table.final" : "table.live"]}""")
                    .Append($"</span>");
            }
            html.Append($"</th>");
            if (request.Options.IsTooUncertain(estimate))
                html.Append($"<td>{TooUncertain(estimate, words)}</td>");
            else
                html.Append($"""<td class="n">{words.Value(estimate)}</td>""");
            html.Append($"""<td class="n">{words.Range(estimate)}""");
            if (level is not null)
                html.Append($""" <span class="said">{GuidelineSection.CompareShortly(estimate, words)}</span>""");
            html.Append($"</td></tr>");
        }
    }

    /// <summary>E.g. <c>too uncertain for one hour</c>.</summary>
    public static string TooUncertain(Estimate estimate, Words words) =>
        words[$"value.tooUncertain.{ResolutionName.Write(estimate.Resolution)}"];

    /// <summary>The newest day, week and month of the whole neighbourhood, for each quantity.</summary>
    public static Html DrawNewest(NewestEstimates newest, Area whole, IEnumerable<Quantity> quantities, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        var groups = quantities.Select(quantity => (Quantity: quantity, Times: newest.LongerThanHours(whole, quantity).ToList()))
            .Where(group => group.Times.Count > 0).ToList();
        if (groups.Count == 0) return html;
        html.Append($"""<section aria-labelledby="longer"><h2 id="longer">{words["longer.title"]}</h2>""");
        html.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["longer.title"]}"><table>""")
            .Append($"<caption>{words["longer.caption"]}</caption>");
        html.Append($"""<thead><tr><th scope="col">{words["table.time"]}</th><th scope="col" class="n">{words["table.mostLikely"]}</th>""")
            .Append($"""<th scope="col" class="n">{words["table.between"]}</th></tr></thead>""");
        foreach (var (quantity, times) in groups)
        {
            html.Append($"""<tbody><tr><th scope="rowgroup" colspan="3">""")
                .Append($"""<a href="{AreaPage.Address(whole, request, quantity)}">{words.Plain(quantity)}</a>, {quantity.UnitSymbol}""")
                .Append($"</th></tr>");
            DrawRows(html, times, request);
            html.Append($"</tbody>");
        }
        html.Append($"</table></div>");
        if (groups.All(group => group.Times.All(time => time.Resolution < Resolution.Month)))
            html.Append($"""<p class="small">{words["longer.when"]}</p>""");
        return html.Append($"</section>");
    }
}
