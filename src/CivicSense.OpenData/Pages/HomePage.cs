using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/</c>: what it is like now, how sure that is, and what it costs in privacy.</summary>
static class HomePage
{
    const int ChartDays = 7;
    const int MostAreasListed = 40;

    /// <summary>What a resident looks for first, in this order.</summary>
    static readonly Quantity[] Preferred = [Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.No2, Quantity.O3];

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var ledger = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        var status = await request.ReadStatusAsync();
        var latest = await request.Commons.ReadLatestEstimatesAsync(Resolution.Hour, request.Aborted);

        var main = new Html();
        main.Append($"<h1>Air and noise in {request.Options.NeighbourhoodName}</h1>");
        main.Append($"<p class=\"lead\">Neighbours measure air and noise with their own sensors; this page shows what they found together and how sure that is, without giving any household away.</p>");
        if (plan is null || latest.Count == 0) DrawNothingYet(main, plan, status, request);
        else await DrawValuesAsync(main, plan, status, latest, request);
        main.Append(PrivacySection.Draw(plan, ledger, request.Losses));
        DrawData(main, plan);
        return request.Page("/", "Now", main);
    }

    /// <summary>The quantity that map, chart and pages begin with.</summary>
    public static Quantity MainQuantity(ReleasePlan plan) =>
        Preferred.FirstOrDefault(quantity => plan.Quantities.Any(planned => planned.Quantity == quantity)) ?? plan.Quantities[0].Quantity;

    static void DrawNothingYet(Html main, ReleasePlan? plan, NodeStatus status, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"now\"><h2 id=\"now\">Nothing has been released yet</h2>");
        if (plan is null)
            main.Append($"<p>An area is only published when at least 5 households have enrolled in it, because a sum over fewer would say too much about each. As soon as 5 are enrolled, the first hour follows.</p>");
        else
            main.Append($"<p>Enough households are enrolled. The first hour is published shortly after it has ended.</p>");
        main.Append(status.NextReleaseDue is { } due
            ? new Html().Append($"<p>The first release is due on {request.Words.Instant(due)} (local time).</p>")
            : new Html().Append($"<p>When the first release comes is not known yet.</p>"));
        main.Append($"</section>");
    }

    static async Task DrawValuesAsync(Html main, ReleasePlan plan, NodeStatus status, IReadOnlyList<Estimate> latest, PageRequest request)
    {
        var names = AreaNames.Of(plan);
        var whole = names.Tree.Nodes[0].Area;
        // Areas of earlier plans may still have a newest estimate; what is shown as now is from the newest window only.
        var newest = latest.Max(estimate => estimate.Start);
        var now = latest.Where(estimate => estimate.Start == newest).ToList();
        var quantity = MainQuantity(plan);

        DrawNow(main, now.Where(estimate => estimate.Area == whole).ToList(), newest, status, request);
        await DrawDayAsync(main, whole, quantity, newest, request);
        DrawAreas(main, names, quantity, now, request.Options);
        await DrawChartAsync(main, whole, quantity, newest, request);
    }

    static void DrawNow(Html main, List<Estimate> now, DateTimeOffset newest, NodeStatus status, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"now\"><h2 id=\"now\">The whole neighbourhood, {request.Words.Hour(newest, newest.AddHours(1))}</h2><ul class=\"now\">");
        foreach (var estimate in now.Where(estimate => Preferred.Contains(estimate.Quantity)).OrderBy(estimate => Array.IndexOf(Preferred, estimate.Quantity)))
        {
            main.Append($"<li>{Words.Plain(estimate.Quantity)}");
            if (request.Options.IsTooUncertain(estimate))
                main.Append($"<b>too uncertain for one hour</b><a href=\"{AreaPage.Address(estimate.Area, estimate.Quantity)}#day\">see the days instead</a></li>");
            else
                main.Append($"<b>{Words.Value(estimate)} {estimate.Quantity.UnitSymbol}</b>{Words.Interval(estimate)}</li>");
        }
        main.Append($"</ul>");
        var others = now.Where(estimate => !Preferred.Contains(estimate.Quantity) && !request.Options.IsTooUncertain(estimate)).ToList();
        if (others.Count > 0)
            main.Append($"<p>{string.Join("; ", others.Select(estimate => $"{Words.Plain(estimate.Quantity)} {Words.Interval(estimate)}"))}.</p>");
        main.Append($"<p class=\"small\">The truth lies between the two ends in 95 of 100 cases. These numbers are provisional: they may still be revised a little for two days and then stay. ");
        main.Append(Freshness.Draw(newest.AddHours(1), status, request)).Append($"</p></section>");
    }

    static async Task DrawDayAsync(Html main, Area whole, Quantity quantity, DateTimeOffset newest, PageRequest request)
    {
        if (quantity != Quantity.Pm25) return;
        var days = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(whole, quantity, Resolution.Day, newest.AddDays(-4), newest.AddHours(1), 10), request.Aborted);
        if (days.LastOrDefault(day => day.End <= newest.AddHours(1)) is not { } day) return;
        main.Append($"<section aria-labelledby=\"who\"><h2 id=\"who\">How does that compare with the health guideline?</h2>").Append(GuidelineSection.Draw(day, request.Words)).Append($"</section>");
    }

    static void DrawAreas(Html main, AreaNames names, Quantity quantity, List<Estimate> now, OpenDataOptions options)
    {
        var shown = now.Where(estimate => estimate.Quantity == quantity && !options.IsTooUncertain(estimate)).ToDictionary(estimate => estimate.Area);
        main.Append($"<section aria-labelledby=\"areas\"><h2 id=\"areas\">By area</h2><div class=\"split\">");
        main.Append(AreaMap.Draw(names, quantity, shown));
        main.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Areas\"><table><caption>{quantity.Name} in the same hour, {quantity.UnitSymbol}</caption>");
        main.Append($"<thead><tr><th scope=\"col\">Area</th><th scope=\"col\" class=\"n\">Most likely</th><th scope=\"col\" class=\"n\">Between</th></tr></thead><tbody>");
        foreach (var node in AreaList.Choose(names.Tree, MostAreasListed))
        {
            main.Append($"<tr><th scope=\"row\"><a href=\"{AreaPage.Address(node.Area)}\">{names[node.Area]}</a> <span class=\"key\">{AreaKey.Write(node.Area)}</span></th>");
            if (shown.TryGetValue(node.Area, out var estimate))
                main.Append($"<td class=\"n\">{Words.Value(estimate)}</td><td class=\"n\">{Words.Range(estimate)}</td></tr>");
            else
                main.Append($"<td colspan=\"2\">too uncertain for one hour: <a href=\"{AreaPage.Address(node.Area)}#day\">see the days</a></td></tr>");
        }
        main.Append($"</tbody></table></div></div></section>");
    }

    static async Task DrawChartAsync(Html main, Area whole, Quantity quantity, DateTimeOffset newest, PageRequest request)
    {
        var hours = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(whole, quantity, Resolution.Hour, newest.AddDays(-ChartDays), newest.AddHours(1), 24 * ChartDays + 1), request.Aborted);
        if (hours.Count == 0) return;
        main.Append($"<section aria-labelledby=\"days\"><h2 id=\"days\">The last days</h2>");
        main.Append(new LineChart("week", $"{Words.Plain(quantity)} in the whole neighbourhood, hour by hour", request.Words).Draw(hours, request.Options.IsTooUncertain));
        main.Append($"<p><a href=\"{AreaPage.Address(whole)}\">All quantities, and the last 30 days</a></p></section>");
    }

    static void DrawData(Html main, ReleasePlan? plan)
    {
        main.Append($"<section aria-labelledby=\"data\"><h2 id=\"data\">Take the data</h2><ul>");
        if (plan is not null)
        {
            var whole = AreaNames.Of(plan).Tree.Nodes[0].Area;
            main.Append($"<li><a href=\"/api/v1/areas/{AreaKey.Write(whole)}/estimates?quantity={MainQuantity(plan).Id}&amp;resolution=hour&amp;format=csv\">Estimates with their uncertainty, hour by hour (CSV)</a></li>");
        }
        main.Append($"<li><a href=\"/api/v1/measurements?format=csv\">The noisy measurements behind them (CSV)</a></li>");
        main.Append($"<li><a href=\"/api/v1/areas?format=csv\">Areas</a>, <a href=\"/api/v1/quantities?format=csv\">quantities</a>, <a href=\"/api/v1/activity?format=csv\">activity</a> (CSV)</li>");
        main.Append($"<li><a href=\"/openapi/v1.json\">Description of the API (OpenAPI)</a>; everything is there as JSON and CSV</li></ul></section>");
    }
}
