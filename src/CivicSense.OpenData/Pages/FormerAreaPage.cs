using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas/{quadkey}</c> of an area that is no more: when it was there, what has become of it, and its last numbers.</summary>
static class FormerAreaPage
{
    const int HourDays = 7;
    const int Days = 30;
    const int Weeks = 13;
    const int Months = 13;

    public static async Task<IResult> DrawAsync(FormerArea former, PageRequest request)
    {
        var words = request.Words;
        var title = words.Text("formerArea.title", ("quadkey", AreaKey.Write(former.Area)));
        var main = new Html().Append($"<h1>{title}: {words.Plain(former.Quantity)}</h1>");
        var existed = words.Text("formerArea.existed", ("first", words.Instant(former.From)), ("last", words.Instant(former.Until)));
        main.Append($"<p class=\"lead\">{existed}</p>");
        DrawToday(main, former, request);
        main.Append(QuantityLinks.Draw(former.Quantities, former.Quantity, other => AreaPage.Address(former.Area, request, other), words));
        var hours = await ReadAsync(Resolution.Hour, HourDays);
        main.Append($"<section aria-labelledby=\"hour\"><h2 id=\"hour\">{words.Text("formerArea.hours", ("days", HourDays))}</h2>");
        main.Append(new LineChart("hours", words["areaPage.hourChart"], words).Draw(hours, request.Options.IsTooUncertain))
            .Append($"</section>");
        if (await ReadAsync(Resolution.Day, Days) is { Count: > 0 } days)
        {
            main.Append($"<section aria-labelledby=\"day\"><h2 id=\"day\">{words.Text("formerArea.days", ("days", Days))}</h2>");
            LongerTimes.DrawTable(
                main, days.Reverse(), words.Text("areaPage.dayCaption", ("unit", former.Quantity.UnitSymbol)), request,
                GuidelineSection.DayLevel(former.Quantity));
            main.Append($"<p class=\"small\">{words["certainty.ofInterval"]}</p></section>");
        }
        AreaPage.DrawLonger(main, await ReadAsync(Resolution.Week, 7 * (Weeks + 1)), "week", request);
        AreaPage.DrawLonger(main, await ReadAsync(Resolution.Month, 31 * (Months + 1)), "month", request);
        main.Append($"<section aria-labelledby=\"data\"><h2 id=\"data\">{words["areaPage.data"]}</h2>");
        main.Append($"{AreaDownloads.DrawEstimates(former.Area, former.Quantity, words, (former.From, former.Until))}</section>");
        return request.Page("/areas", title, main);

        ValueTask<IReadOnlyList<Estimate>> ReadAsync(Resolution resolution, int daysBack) => request.Commons.ReadEstimatesAsync(
            new EstimateQuery(
                former.Area, former.Quantity, resolution, TimeText.StartOfDaysBefore(former.Until, daysBack, words.Zone), former.Until,
                (resolution == Resolution.Hour ? 25 : 1) * (daysBack + 2)),
            request.Aborted);
    }

    static void DrawToday(Html main, FormerArea former, PageRequest request)
    {
        var words = request.Words;
        var parts = former.Parts.ToList();
        if (parts.Count > 0)
        {
            main.Append($"<p>{words["formerArea.divided"]}</p><ul>");
            foreach (var part in parts)
                main.Append($"<li><a href=\"{AreaPage.Address(part.Area, request)}\">{former.Today[part]}</a></li>");
            main.Append($"</ul>");
            return;
        }
        var said = former.Around is { } around
            ? words.Markup("formerArea.joined", ("area", former.Today[around]), ("address", AreaPage.Address(around.Area, request)))
            : words.Markup("formerArea.gone", ("address", request.Link("/areas")));
        main.Append($"<p>{said}</p>");
    }
}
