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
        var times = longer.Where(estimate => estimate.Resolution > tooUncertain.Resolution).ToList();
        if (times.Find(estimate => !request.Options.IsTooUncertain(estimate)) is { } sure)
            return new Html().Append($"{Link(sure)}: {Words.Interval(sure)}");
        return times.Count == 0
            ? new Html().Append($"there is no longer time yet")
            : new Html().Append($"{Link(times[^1])}: {Words.Between(times[^1])}, too uncertain to name one value");

        Html Link(Estimate time) =>
            new Html().Append($"<a href=\"{page}#{ResolutionName.Write(time.Resolution)}\">{request.Words.Period(time)}</a>");
    }

    /// <summary>Rows of a table, one for each estimate; the columns are time, value and interval.</summary>
    /// <param name="html">The page.</param>
    /// <param name="estimates">The estimates, in the order of the rows.</param>
    /// <param name="request">Whose words and limits are used.</param>
    /// <param name="level">What each is compared with beneath its interval; null for nothing.</param>
    public static void DrawRows(Html html, IEnumerable<Estimate> estimates, PageRequest request, GuidelineLevel? level = null)
    {
        foreach (var estimate in estimates)
        {
            var state = estimate.Status == EstimateStatus.Final ? "final, revised" : "may still be revised";
            html.Append($"<tr><th scope=\"row\">{request.Words.ShortPeriod(estimate)} <span class=\"key\">{state}</span></th>");
            if (request.Options.IsTooUncertain(estimate))
                html.Append($"<td>too uncertain for {Words.One(estimate.Resolution)}</td>");
            else
                html.Append($"<td class=\"n\">{Words.Value(estimate)}</td>");
            html.Append($"<td class=\"n\">{Words.Range(estimate)}");
            if (level is not null)
                html.Append($" <span class=\"said\">{GuidelineSection.CompareShortly(estimate)}</span>");
            html.Append($"</td></tr>");
        }
    }

    /// <summary>The newest day, week and month of the whole neighbourhood, for each quantity.</summary>
    public static Html DrawNewest(NewestEstimates newest, Area whole, IEnumerable<Quantity> quantities, PageRequest request)
    {
        var html = new Html();
        var groups = quantities.Select(quantity => (Quantity: quantity, Times: newest.LongerThanHours(whole, quantity).ToList()))
            .Where(group => group.Times.Count > 0).ToList();
        if (groups.Count == 0) return html;
        html.Append($"<section aria-labelledby=\"longer\"><h2 id=\"longer\">The last day, week and month</h2>");
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The last day, week and month\"><table><caption>Averages of the whole neighbourhood</caption>");
        html.Append($"<thead><tr><th scope=\"col\">Time</th><th scope=\"col\" class=\"n\">Most likely</th><th scope=\"col\" class=\"n\">Between</th></tr></thead>");
        foreach (var (quantity, times) in groups)
        {
            html.Append($"<tbody><tr><th scope=\"rowgroup\" colspan=\"3\"><a href=\"{AreaPage.Address(whole, quantity)}\">{Words.Plain(quantity)}</a>, {quantity.UnitSymbol}</th></tr>");
            DrawRows(html, times, request);
            html.Append($"</tbody>");
        }
        html.Append($"</table></div>");
        if (groups.All(group => group.Times.All(time => time.Resolution < Resolution.Month)))
            html.Append($"<p class=\"small\">A week is added when it has ended on Sunday, a month on its last day.</p>");
        return html.Append($"</section>");
    }
}
