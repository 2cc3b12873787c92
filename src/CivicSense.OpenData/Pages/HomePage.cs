using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/</c>: what it is like now, how sure that is, and what it costs in privacy.</summary>
static class HomePage
{
    const int ChartDays = 7;
    const int MostAreasListed = 24;

    static readonly Quantity[] Preferred = AreaSubject.Preferred;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var ledger = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        var status = await request.ReadStatusAsync();
        var newest = await NewestEstimates.ReadAsync(request.Commons, request.Aborted);

        var main = new Html();
        main.Append($"<h1>{request.Words.Text("home.title", ("name", request.Options.NeighbourhoodName))}</h1>");
        main.Append($"""<p class="lead">{request.Words["home.lead"]}</p>""");
        if (plan is not null) main.Append(PlaceSearch.Draw("", request));
        if (plan is null || newest.Hours.Count == 0) DrawNothingYet(main, plan, status, request);
        else await DrawValuesAsync(main, plan, status, newest, request);
        main.Append(PrivacySection.Draw(plan, ledger, request));
        return request.Page("/", request.Words["frame.place.now"], main);
    }

    static void DrawNothingYet(Html main, ReleasePlan? plan, NodeStatus status, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="now"><h2 id="now">{words["nothing.title"]}</h2>""");
        main.Append($"<p>{words[plan is null ? "nothing.noHouseholds" : "nothing.soon"]}</p>");
        var when = status.NextReleaseDue is { } due ? words.Text("nothing.due", ("time", words.Instant(due))) : words["nothing.unknown"];
        main.Append($"<p>{when}</p></section>");
    }

    static async Task DrawValuesAsync(Html main, ReleasePlan plan, NodeStatus status, NewestEstimates newest, PageRequest request)
    {
        var names = request.Service<PlaceCache>().Names(plan, request.Words);
        var whole = names.Tree.Nodes[0].Area;
        // Areas of earlier plans may still have a newest estimate; what is shown as now is from the newest window only.
        var hour = newest.Hours.Max(estimate => estimate.Start);
        var now = newest.Hours.Where(estimate => estimate.Start == hour).ToList();
        var quantity = AreaSubject.MainQuantity(plan);
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
        var words = request.Words;
        main.Append($"""<section aria-labelledby="now">""")
            .Append($"""<h2 id="now">{words.Text("home.now", ("time", words.Hour(hour, hour.AddHours(1))))}</h2><ul class="now">""");
        DrawIndex(main, now, words);
        foreach (var estimate in now.Where(estimate => Preferred.Contains(estimate.Quantity))
            .OrderBy(estimate => Array.IndexOf(Preferred, estimate.Quantity)))
        {
            main.Append($"<li>{words.Plain(estimate.Quantity)}");
            if (request.Options.IsTooUncertain(estimate))
            {
                main.Append($"<b>{LongerTimes.TooUncertain(estimate, words)}</b>")
                    .Append($"{LongerTimes.Instead(
                        estimate, newest.LongerThanHours(estimate.Area, estimate.Quantity),
                        AreaPage.Address(estimate.Area, request, estimate.Quantity), request)}</li>");
            }
            else
                main.Append($"<b>{words.Value(estimate)} {estimate.Quantity.UnitSymbol}</b>{words.Interval(estimate)}</li>");
        }
        main.Append($"</ul>");
        var others = now.Where(estimate => !Preferred.Contains(estimate.Quantity) && !request.Options.IsTooUncertain(estimate)).ToList();
        if (others.Count > 0)
        {
            main.Append($"<p>")
                .Append($"{string.Join("; ", others.Select(estimate => $"{words.Plain(estimate.Quantity)}: {words.Interval(estimate)}"))}.")
                .Append($"</p>");
        }
        main.Append($"""<p class="small">{words["certainty.ofInterval"]} {words["home.provisional"]} """);
        main.Append(Freshness.Draw(hour.AddHours(1), status, request)).Append($"</p></section>");
    }

    /// <summary>The European index of all pollutants together.</summary>
    static void DrawIndex(Html main, List<Estimate> now, Words words)
    {
        var pollutants = now.Where(estimate => AirQualityIndex.Covers(IndexTables.Europe2024, estimate)).ToList();
        if (pollutants.Count == 0) return;
        var index = AirIndex.OfHour(IndexTables.Europe2024, pollutants);
        main.Append($"<li>{words["home.air"]}<b>{BandView.Draw(index.Band, words)}</b>{BandView.Sure(index.Band, words)}");
        if (pollutants.Count > 1) main.Append($"; {words.Text("home.worst", ("quantity", words.Name(index.Responsible)))}");
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

    static void DrawAreas(Html main, AreaLabels names, Quantity quantity, List<Estimate> now, NewestEstimates newest, PageRequest request)
    {
        var words = request.Words;
        var shown = now.Where(estimate => estimate.Quantity == quantity).ToDictionary(estimate => estimate.Area);
        var hasBands = IndexTables.Europe2024.ScaleOf(quantity) is not null;
        main.Append($"""<section aria-labelledby="areas"><h2 id="areas">{words["home.byArea"]}</h2><div class="split">""");
        main.Append(AreaMap.Draw(names, quantity, shown, request));
        main.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["home.areas"]}"><table>""")
            .Append($"<caption>{words.Text(
                "home.areasCaption", ("quantity", words.Name(quantity)), ("unit", quantity.UnitSymbol))}</caption>");
        main.Append($"""<thead><tr><th scope="col">{words["home.area"]}</th>""")
            .Append($"""<th scope="col">{words[hasBands ? "home.valueAndBand" : "home.value"]}</th></tr></thead><tbody>""");
        foreach (var node in AreaList.Choose(names.Tree, MostAreasListed))
        {
            main.Append($"""<tr><th scope="row"><a href="{AreaPage.Address(node.Area, request)}">{names[node]}</a></th><td>""");
            if (!shown.TryGetValue(node.Area, out var estimate))
                main.Append($"{words["home.nothingInHour"]}");
            else if (request.Options.IsTooUncertain(estimate))
            {
                main.Append($"{LongerTimes.TooUncertain(estimate, words)}; ")
                    .Append($"{LongerTimes.Instead(
                        estimate, newest.LongerThanHours(node.Area, quantity), AreaPage.Address(node.Area, request), request)}");
            }
            else
                main.Append($"<strong>{words.Value(estimate)}</strong>, {words.Range(estimate)}");
            if (estimate is not null && hasBands)
                DrawBand(main, AirQualityIndex.Of(IndexTables.Europe2024, estimate), words);
            main.Append($"</td></tr>");
        }
        main.Append($"""</tbody></table><p><a href="{request.Link("/areas")}">{words["home.allAreas"]}</a> · """)
            .Append($"""<a href="{request.Link("/compare")}">{words["home.compare"]}</a></p></div></div></section>""");
    }

    static void DrawBand(Html main, BandStatement statement, Words words)
    {
        if (!statement.SaysNothing)
            main.Append($"""<span class="said">{BandView.Draw(statement, words)}, {BandView.Sure(statement, words)}</span>""");
    }

    static async Task DrawChartAsync(Html main, Area whole, Quantity quantity, DateTimeOffset newestHour, PageRequest request)
    {
        var words = request.Words;
        var hours = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(whole, quantity, Resolution.Hour, newestHour.AddDays(-ChartDays), newestHour.AddHours(1),
                24 * ChartDays + 1), request.Aborted);
        if (hours.Count == 0) return;
        main.Append($"""<section aria-labelledby="days">""")
            .Append($"""<h2 id="days">{words.Text("home.lastDays", ("quantity", words.Plain(quantity)), ("days", ChartDays))}</h2>""");
        main.Append(new LineChart("week", words.Text("home.chart", ("quantity", words.Plain(quantity))), words)
            .Draw(hours, request.Options.IsTooUncertain));
        main.Append($"""<p><a href="{AreaPage.Address(whole, request)}">{words["home.allQuantities"]}</a> · """)
            .Append($"""<a href="{request.Link("/downloads")}">{words["home.takeData"]}</a></p></section>""");
    }
}
