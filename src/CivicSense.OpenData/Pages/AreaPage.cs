using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas/{quadkey}</c>: one area, one quantity at a time, by hour and by day.</summary>
static class AreaPage
{
    const int HourDays = 7;
    const int Days = 30;

    /// <summary>The page's address.</summary>
    public static string Address(Area area, Quantity? quantity = null) =>
        $"/areas/{AreaKey.Write(area)}" + (quantity is null ? "" : $"?quantity={quantity.Id}");

    public static async Task<IResult> GetAsync(string quadkey, PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var names = plan is null ? null : AreaNames.Of(plan);
        if (plan is null || names is null || !AreaKey.TryParse(quadkey, out var area) || names.Tree.Nodes.FirstOrDefault(node => node.Area == area) is not { } node)
            throw ProblemException.NotFound($"There is no area {ProblemException.Quote(quadkey)} in this neighbourhood.");

        var quantity = request.Query("quantity") is { } id
            ? plan.Quantities.Select(planned => planned.Quantity).FirstOrDefault(planned => planned.Id == id)
                ?? throw ProblemException.BadParameter("quantity", $"{ProblemException.Quote(id)} is not released here. There are: {string.Join(", ", plan.Quantities.Select(planned => planned.Quantity.Id))}.")
            : HomePage.MainQuantity(plan);

        var status = await request.ReadStatusAsync();
        var until = status.LastReleased?.End ?? HourWindow.Containing(request.Now).End;
        var hours = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, Resolution.Hour, until.AddDays(-HourDays), until, 24 * HourDays + 1), request.Aborted);
        var days = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, Resolution.Day, until.AddDays(-Days), until, Days + 2), request.Aborted);

        var main = new Html();
        main.Append($"<h1>{names[area]}: {Words.Plain(quantity)}</h1><p class=\"key\">Quadkey {AreaKey.Write(area)}</p>");
        DrawQuantities(main, area, quantity, plan);
        DrawHours(main, hours, status, request);
        DrawDays(main, days, until, request);
        DrawPlace(main, node, names);
        DrawData(main, area, quantity);
        return request.Page("", names[area], main);
    }

    static void DrawQuantities(Html main, Area area, Quantity shown, ReleasePlan plan)
    {
        main.Append($"<nav aria-label=\"Quantities\"><ul>");
        foreach (var quantity in plan.Quantities.Select(planned => planned.Quantity))
        {
            var current = quantity == shown ? new Html().Append($" aria-current=\"page\"") : null;
            main.Append($"<li><a href=\"{Address(area, quantity)}\"{current}>{Words.Plain(quantity)}</a></li>");
        }
        main.Append($"</ul></nav>");
    }

    static void DrawHours(Html main, IReadOnlyList<Estimate> hours, NodeStatus status, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"hour\"><h2 id=\"hour\">Hour by hour, the last {HourDays} days</h2>");
        if (hours.Count == 0)
        {
            main.Append($"<p>No hour of the last {HourDays} days has been released.</p></section>");
            return;
        }
        var newest = hours[^1];
        main.Append($"<p><strong>{request.Words.Hour(newest.Start, newest.End)}:</strong> ");
        if (request.Options.IsTooUncertain(newest)) main.Append($"too uncertain for one hour; <a href=\"#day\">see the days</a>. ");
        else main.Append($"{Words.Interval(newest)}. ");
        main.Append(Freshness.Draw(newest.End, status, request)).Append($"</p>");
        main.Append(new LineChart("hours", "Hour by hour", request.Words).Draw(hours, request.Options.IsTooUncertain)).Append($"</section>");
    }

    static void DrawDays(Html main, IReadOnlyList<Estimate> days, DateTimeOffset until, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"day\"><h2 id=\"day\">Day by day, the last {Days} days</h2>");
        if (days.Count == 0)
        {
            main.Append($"<p>No day has been released yet.</p></section>");
            return;
        }
        var isPm25 = days[0].Quantity == Quantity.Pm25;
        main.Append(new LineChart("daily", "Daily averages", request.Words)
            .Draw(days, _ => false, isPm25 ? (GuidelineSection.DailyPm25, "WHO guideline for one day") : null));
        main.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Days\"><table class=\"days\"><caption>Daily averages in {days[0].Quantity.UnitSymbol}</caption>");
        main.Append($"<thead><tr><th scope=\"col\">Day</th><th scope=\"col\" class=\"n\">Most likely</th><th scope=\"col\" class=\"n\">Between</th><th scope=\"col\">May it change?</th></tr></thead><tbody>");
        foreach (var day in days.Reverse())
        {
            main.Append($"<tr><th scope=\"row\">{request.Words.ShortDay(day.Start)}{(day.End > until ? new Html().Append($" <span class=\"key\">so far</span>") : null)}</th><td class=\"n\">{Words.Value(day)}</td><td class=\"n\">{Words.Range(day)}</td>");
            main.Append($"<td>{(day.Status == EstimateStatus.Final ? "final" : "may still change")}</td></tr>");
        }
        main.Append($"</tbody></table></div><p class=\"small\">The truth lies between the two ends in 95 of 100 cases.</p></section>");
    }

    static void DrawPlace(Html main, AreaNode node, AreaNames names)
    {
        var inside = AreaList.Inside(names.Tree, node.Area);
        if (node.Parent is null && inside.Count == 0) return;
        main.Append($"<section aria-labelledby=\"place\"><h2 id=\"place\">Where this is</h2><ul>");
        if (node.Parent is { } parent) main.Append($"<li>Part of <a href=\"{Address(parent)}\">{names[parent]}</a></li>");
        foreach (var part in inside) main.Append($"<li>Contains <a href=\"{Address(part.Area)}\">{names[part.Area]}</a></li>");
        main.Append($"</ul></section>");
    }

    static void DrawData(Html main, Area area, Quantity quantity)
    {
        var address = $"/api/v1/areas/{AreaKey.Write(area)}/estimates?quantity={quantity.Id}";
        main.Append($"<section aria-labelledby=\"data\"><h2 id=\"data\">Take the data</h2><p>");
        main.Append($"<a href=\"{address}&amp;resolution=hour&amp;format=csv\">Hours (CSV)</a> · <a href=\"{address}&amp;resolution=day&amp;format=csv\">Days (CSV)</a> · <a href=\"{address}&amp;format=json\">JSON</a></p></section>");
    }
}
