using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas/{quadkey}</c>: one area, one quantity at a time, by hour, day, week and month.</summary>
static class AreaPage
{
    const int HourDays = 7;
    const int Days = 30;
    const int Weeks = 13;
    const int Months = 13;

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
        ValueTask<IReadOnlyList<Estimate>> ReadAsync(Resolution resolution, int daysBack) => request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, resolution, until.AddDays(-daysBack), until, daysBack + 2), request.Aborted);
        var days = await ReadAsync(Resolution.Day, Days);
        var weeks = await ReadAsync(Resolution.Week, 7 * (Weeks + 1));
        var months = await ReadAsync(Resolution.Month, 31 * (Months + 1));

        var main = new Html();
        main.Append($"<h1>{names[area]}: {Words.Plain(quantity)}</h1><p class=\"key\">Quadkey {AreaKey.Write(area)}</p>");
        DrawQuantities(main, area, quantity, plan);
        DrawHours(main, hours, [.. days.TakeLast(1), .. weeks.TakeLast(1), .. months.TakeLast(1)], status, request);
        if (quantity == Quantity.Laeq) main.Append(await SoundSection.DrawAsync(area, until, request));
        DrawDays(main, days, request);
        DrawLonger(main, weeks, "week", "Week by week", "Averages from Monday to Sunday", request);
        DrawLonger(main, months, "month", "Month by month", "Averages of months", request);
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

    static void DrawHours(Html main, IReadOnlyList<Estimate> hours, IReadOnlyList<Estimate> longer, NodeStatus status, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"hour\"><h2 id=\"hour\">Hour by hour, the last {HourDays} days</h2>");
        if (hours.Count == 0)
        {
            main.Append($"<p>No hour of the last {HourDays} days has been released.</p></section>");
            return;
        }
        var newest = hours[^1];
        main.Append($"<p><strong>{request.Words.Hour(newest.Start, newest.End)}:</strong> ");
        if (request.Options.IsTooUncertain(newest)) main.Append($"too uncertain for one hour; {LongerTimes.Instead(newest, longer, "", request)}. ");
        else main.Append($"{Words.Interval(newest)}. ");
        if (AirQualityIndex.Covers(IndexTables.Europe2024, newest)) DrawBand(main, newest.Quantity, AirQualityIndex.Of(IndexTables.Europe2024, newest));
        main.Append(Freshness.Draw(newest.End, status, request)).Append($"</p>");
        main.Append(new LineChart("hours", "Hour by hour", request.Words).Draw(hours, request.Options.IsTooUncertain)).Append($"</section>");
    }

    static void DrawBand(Html main, Quantity quantity, BandStatement statement)
    {
        main.Append($"{statement.Table.Name}, {quantity.Name} alone: <strong>{BandView.Draw(statement)}</strong>");
        main.Append(statement.SaysNothing ? new Html().Append($". ") : new Html().Append($", {BandView.Sure(statement)}. "));
    }

    static void DrawDays(Html main, IReadOnlyList<Estimate> days, PageRequest request)
    {
        main.Append($"<section aria-labelledby=\"day\"><h2 id=\"day\">Day by day, the last {Days} days</h2>");
        if (days.Count == 0)
        {
            main.Append($"<p>No day has been released yet.</p></section>");
            return;
        }
        var level = GuidelineSection.DayLevel(days[0].Quantity);
        main.Append(new LineChart("daily", "Daily averages", request.Words)
            .Draw(days, request.Options.IsTooUncertain, level is null ? null : (level.Value, "WHO guideline level for a day")));
        DrawTable(main, days, "Daily averages", level, request);
        main.Append($"<p class=\"small\">{Certainty.OfInterval}</p></section>");
    }

    static void DrawLonger(Html main, IReadOnlyList<Estimate> times, string id, string title, string caption, PageRequest request)
    {
        if (times.Count == 0) return;
        main.Append($"<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>");
        DrawTable(main, times, caption, null, request);
        main.Append($"</section>");
    }

    static void DrawTable(Html main, IReadOnlyList<Estimate> times, string caption, GuidelineLevel? level, PageRequest request)
    {
        main.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table class=\"days\"><caption>{caption} in {times[0].Quantity.UnitSymbol}, the newest first</caption>");
        main.Append($"<thead><tr><th scope=\"col\">Time</th><th scope=\"col\" class=\"n\">Most likely</th><th scope=\"col\" class=\"n\">Between");
        if (level is not null) main.Append($", and beside the WHO’s {Words.Number(level.Value, 0)}");
        main.Append($"</th></tr></thead><tbody>");
        LongerTimes.DrawRows(main, times.Reverse(), request, level);
        main.Append($"</tbody></table></div>");
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
        main.Append($"<a href=\"{address}&amp;resolution=hour&amp;format=csv\">Hours (CSV)</a> · <a href=\"{address}&amp;resolution=day&amp;format=csv\">Days (CSV)</a> · <a href=\"{address}&amp;resolution=week&amp;format=csv\">Weeks (CSV)</a> · <a href=\"{address}&amp;resolution=month&amp;format=csv\">Months (CSV)</a> · <a href=\"{address}&amp;format=json\">JSON</a></p>");
        main.Append($"<p>Indices: {Indices(area, quantity)}</p></section>");
    }

    static Html Indices(Area area, Quantity quantity)
    {
        var indices = $"/api/v1/areas/{AreaKey.Write(area)}/indices";
        return quantity == Quantity.Laeq
            ? new Html().Append($"<a href=\"{indices}/sound?format=csv\">day, evening and night (CSV)</a>")
            : new Html().Append($"<a href=\"{indices}/air?format=csv\">European (CSV)</a> · <a href=\"{indices}/air?table=us-2024&amp;format=csv\">US (CSV)</a> · <a href=\"{indices}/guidelines?format=csv\">WHO guidelines (CSV)</a>");
    }
}
