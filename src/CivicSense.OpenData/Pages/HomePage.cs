using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/</c>: what it is like now, how sure that is, and what it costs in privacy.</summary>
static class HomePage
{
    const int ChartDays = 7;
    const int MostAreasListed = 24;

    /// <summary>What a resident looks for first, in this order.</summary>
    static readonly Quantity[] Preferred = [Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.No2, Quantity.O3];

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var ledger = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        var status = await request.ReadStatusAsync();
        var newest = await NewestEstimates.ReadAsync(request.Commons, request.Aborted);

        var main = new Html();
        main.Append($"<h1>Air and noise in {request.Options.NeighbourhoodName}</h1>");
        main.Append($"<p class=\"lead\">Neighbours measure air and noise with their own sensors; this page shows what they found together and how sure that is, without giving any household away.</p>");
        if (plan is null || newest.Hours.Count == 0) DrawNothingYet(main, plan, status, request);
        else await DrawValuesAsync(main, plan, status, newest, request);
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

    static async Task DrawValuesAsync(Html main, ReleasePlan plan, NodeStatus status, NewestEstimates newest, PageRequest request)
    {
        var names = AreaNames.Of(plan);
        var whole = names.Tree.Nodes[0].Area;
        // Areas of earlier plans may still have a newest estimate; what is shown as now is from the newest window only.
        var hour = newest.Hours.Max(estimate => estimate.Start);
        var now = newest.Hours.Where(estimate => estimate.Start == hour).ToList();
        var quantity = MainQuantity(plan);
        var quantities = Preferred.Where(preferred => plan.Quantities.Any(planned => planned.Quantity == preferred)).ToList();

        DrawNow(main, now.Where(estimate => estimate.Area == whole).ToList(), hour, newest, status, request);
        DrawGuidelines(main, newest, whole, request);
        DrawAreas(main, names, quantity, now, newest, request);
        main.Append(LongerTimes.DrawNewest(newest, whole, quantities, request));
        if (quantities.Contains(Quantity.Laeq)) main.Append(await SoundSection.DrawAsync(whole, hour.AddHours(1), request));
        await DrawChartAsync(main, whole, quantity, hour, request);
    }

    static void DrawNow(Html main, List<Estimate> now, DateTimeOffset hour, NewestEstimates newest, NodeStatus status, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"now\"><h2 id=\"now\">The whole neighbourhood, {request.Words.Hour(hour, hour.AddHours(1))}</h2><ul class=\"now\">");
        DrawIndex(main, now);
        foreach (var estimate in now.Where(estimate => Preferred.Contains(estimate.Quantity)).OrderBy(estimate => Array.IndexOf(Preferred, estimate.Quantity)))
        {
            main.Append($"<li>{Words.Plain(estimate.Quantity)}");
            if (request.Options.IsTooUncertain(estimate))
                main.Append($"<b>too uncertain for one hour</b>{LongerTimes.Instead(estimate, newest.LongerThanHours(estimate.Area, estimate.Quantity), AreaPage.Address(estimate.Area, estimate.Quantity), request)}</li>");
            else
                main.Append($"<b>{Words.Value(estimate)} {estimate.Quantity.UnitSymbol}</b>{Words.Interval(estimate)}</li>");
        }
        main.Append($"</ul>");
        var others = now.Where(estimate => !Preferred.Contains(estimate.Quantity) && !request.Options.IsTooUncertain(estimate)).ToList();
        if (others.Count > 0)
            main.Append($"<p>{string.Join("; ", others.Select(estimate => $"{Words.Plain(estimate.Quantity)} {Words.Interval(estimate)}"))}.</p>");
        main.Append($"<p class=\"small\">{Certainty.OfInterval} These numbers are provisional: they may still be revised a little for two days and then stay. ");
        main.Append(Freshness.Draw(hour.AddHours(1), status, request)).Append($"</p></section>");
    }

    /// <summary>The European index of all pollutants together.</summary>
    static void DrawIndex(Html main, List<Estimate> now)
    {
        var pollutants = now.Where(estimate => AirQualityIndex.Covers(IndexTables.Europe2024, estimate)).ToList();
        if (pollutants.Count == 0) return;
        var index = AirIndex.OfHour(IndexTables.Europe2024, pollutants);
        main.Append($"<li>Air, {IndexTables.Europe2024.Name}<b>{BandView.Draw(index.Band)}</b>{BandView.Sure(index.Band)}");
        if (pollutants.Count > 1) main.Append($"; {index.Responsible.Name} is the worst by its most likely value");
        main.Append($"</li>");
    }

    static void DrawGuidelines(Html main, NewestEstimates newest, Area whole, PageRequest request)
    {
        var days = Preferred.Where(quantity => GuidelineSection.DayLevel(quantity) is not null)
            .Select(quantity => newest.LongerThanHours(whole, quantity).FirstOrDefault(estimate => estimate.Resolution == Resolution.Day))
            .OfType<Estimate>().ToList();
        if (days.Count == 0) return;
        var newestDay = days.Max(day => day.Start);
        main.Append(GuidelineSection.Draw(days.Where(day => day.Start == newestDay).ToList(), request));
    }

    static void DrawAreas(Html main, AreaNames names, Quantity quantity, List<Estimate> now, NewestEstimates newest, PageRequest request)
    {
        var shown = now.Where(estimate => estimate.Quantity == quantity).ToDictionary(estimate => estimate.Area);
        var hasBands = IndexTables.Europe2024.ScaleOf(quantity) is not null;
        main.Append($"<section aria-labelledby=\"areas\"><h2 id=\"areas\">By area</h2><div class=\"split\">");
        main.Append(AreaMap.Draw(names, quantity, shown, request.Options.IsTooUncertain));
        main.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Areas\"><table><caption>{quantity.Name} in the same hour, {quantity.UnitSymbol}</caption>");
        main.Append($"<thead><tr><th scope=\"col\">Area</th><th scope=\"col\">Most likely, between{(hasBands ? ", and the band" : "")}</th></tr></thead><tbody>");
        foreach (var node in AreaList.Choose(names.Tree, MostAreasListed))
        {
            main.Append($"<tr><th scope=\"row\"><a href=\"{AreaPage.Address(node.Area)}\">{names[node.Area]}</a> <span class=\"key\">{AreaKey.Write(node.Area)}</span></th><td>");
            if (!shown.TryGetValue(node.Area, out var estimate))
                main.Append($"nothing in this hour");
            else if (request.Options.IsTooUncertain(estimate))
                main.Append($"too uncertain for one hour; {LongerTimes.Instead(estimate, newest.LongerThanHours(node.Area, quantity), AreaPage.Address(node.Area), request)}");
            else
                main.Append($"<strong>{Words.Value(estimate)}</strong>, {Words.Range(estimate)}");
            if (estimate is not null && hasBands)
                DrawBand(main, AirQualityIndex.Of(IndexTables.Europe2024, estimate));
            main.Append($"</td></tr>");
        }
        main.Append($"</tbody></table></div></div></section>");
    }

    static void DrawBand(Html main, BandStatement statement)
    {
        if (!statement.SaysNothing)
            main.Append($"<span class=\"said\">{BandView.Draw(statement)}, {BandView.Sure(statement)}</span>");
    }

    static async Task DrawChartAsync(Html main, Area whole, Quantity quantity, DateTimeOffset newestHour, PageRequest request)
    {
        var hours = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(whole, quantity, Resolution.Hour, newestHour.AddDays(-ChartDays), newestHour.AddHours(1), 24 * ChartDays + 1), request.Aborted);
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
        main.Append($"<li><a href=\"/api/v1/indices?format=csv\">Index tables</a>, <a href=\"/api/v1/model?format=csv\">the model’s parameters</a> (CSV)</li>");
        main.Append($"<li><a href=\"/api/v1/measurements?format=csv\">The noisy measurements behind them (CSV)</a></li>");
        main.Append($"<li><a href=\"/api/v1/areas?format=csv\">Areas</a>, <a href=\"/api/v1/quantities?format=csv\">quantities</a>, <a href=\"/api/v1/activity?format=csv\">activity</a> (CSV)</li>");
        main.Append($"<li><a href=\"/openapi/v1.json\">Description of the API (OpenAPI)</a>; everything is there as JSON and CSV</li></ul></section>");
    }
}
