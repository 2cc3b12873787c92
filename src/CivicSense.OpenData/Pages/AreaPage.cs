using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas/{quadkey}</c>: one area, one quantity at a time, by hour, day, week and month.</summary>
static class AreaPage
{
    const int HourDays = 7;
    const int HoursInTable = 24;
    const int Days = 30;
    const int Weeks = 13;
    const int Months = 13;

    /// <summary>The page's address.</summary>
    public static string Address(Area area, PageRequest request, Quantity? quantity = null) =>
        request.Link($"/areas/{AreaKey.Write(area)}") + (quantity is null ? "" : $"?quantity={quantity.Id}");

    public static async Task<IResult> GetAsync(string quadkey, PageRequest request)
    {
        if (await AreaSubject.FindAsync(quadkey, request) is not { } subject)
        {
            return await FormerArea.FindAsync(quadkey, request) is { } former
                ? await FormerAreaPage.DrawAsync(former, request)
                : throw AreaSubject.Unknown(quadkey, request.Words);
        }
        var (area, quantity, words) = (subject.Area, subject.Quantity, request.Words);
        var status = await request.ReadStatusAsync();
        var until = status.LastReleased?.End ?? HourWindow.Containing(request.Now).End;
        var hours = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, Resolution.Hour, until.AddDays(-HourDays), until, 24 * HourDays + 1), request.Aborted);
        ValueTask<IReadOnlyList<Estimate>> ReadAsync(Resolution resolution, int daysBack) => request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, resolution, TimeText.StartOfDaysBefore(until, daysBack, words.Zone), until, daysBack + 2),
            request.Aborted);
        var days = await ReadAsync(Resolution.Day, Days);
        var weeks = await ReadAsync(Resolution.Week, 7 * (Weeks + 1));
        var months = await ReadAsync(Resolution.Month, 31 * (Months + 1));

        var main = new Html();
        main.Append($"<h1>{subject.Name}: {words.Plain(quantity)}</h1>");
        main.Append(QuantityLinks.Draw(
            subject.Plan.Quantities.Select(planned => planned.Quantity), quantity, other => Address(area, request, other), words));
        main.Append($"""<p><a href="{WeekPage.Address(area, request)}">{words["areaPage.sheet"]}</a> · """)
            .Append($"""<a href="{ComparePage.Address(subject, request)}">{words["areaPage.compare"]}</a></p>""");
        DrawGlance(main, hours, [.. days.TakeLast(1), .. weeks.TakeLast(1), .. months.TakeLast(1)], status, request);
        DrawHours(main, hours, request);
        if (quantity == Quantity.Laeq) main.Append(await SoundSection.DrawAsync(area, until, request));
        DrawDays(main, days, request);
        DrawLonger(main, weeks, "week", request);
        DrawLonger(main, months, "month", request);
        main.Append(MeaningSection.Draw(subject, request));
        DrawPlace(main, subject, request);
        DrawData(main, subject, request);
        return request.Page("/areas", $"{subject.Name}: {words.Name(quantity)}", main);
    }

    /// <summary>The newest hour, day, week and month, before all charts: what most people come for.</summary>
    static void DrawGlance(Html main, IReadOnlyList<Estimate> hours, IReadOnlyList<Estimate> longer, NodeStatus status, PageRequest request)
    {
        if (hours.Count == 0) return;
        var (words, newest) = (request.Words, hours[^1]);
        main.Append($"""<section aria-labelledby="glance"><h2 id="glance">{words["areaPage.glance"]}</h2>""");
        main.Append($"<p><strong>{words.Capital(words.Hour(newest.Start, newest.End))}:</strong> ");
        if (request.Options.IsTooUncertain(newest))
            main.Append($"{LongerTimes.TooUncertain(newest, words)}; {LongerTimes.Instead(newest, longer, "", request)}. ");
        else main.Append($"{words.Interval(newest)}. ");
        if (AirQualityIndex.Covers(IndexTables.Europe2024, newest))
            DrawBand(main, newest.Quantity, AirQualityIndex.Of(IndexTables.Europe2024, newest), words);
        main.Append(Freshness.Draw(newest.End, status, request)).Append($"</p>");
        if (longer.Count > 0)
        {
            main.Append($"""<ul class="now">""");
            foreach (var time in longer) DrawLast(main, time, request);
            main.Append($"</ul>");
        }
        main.Append($"</section>");
    }

    static void DrawLast(Html main, Estimate time, PageRequest request)
    {
        var words = request.Words;
        var value = request.Options.IsTooUncertain(time)
            ? LongerTimes.TooUncertain(time, words) : $"{words.Value(time)} {time.Quantity.UnitSymbol}";
        main.Append($"""<li><a href="#{ResolutionName.Write(time.Resolution)}">{words.Capital(words.Period(time))}</a><b>{value}""")
            .Append($"</b>{words.Between(time)}");
        if (time.Resolution == Resolution.Day && GuidelineSection.DayLevel(time.Quantity) is { } level)
        {
            var verdict = GuidelineSection.CompareShortly(time, words);
            main.Append($"; {words.Text("areaPage.besideLevel", ("level", words.Number(level.Value, 0)), ("verdict", verdict))}");
        }
        main.Append($"</li>");
    }

    static void DrawHours(Html main, IReadOnlyList<Estimate> hours, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="hour"><h2 id="hour">{words.Text("areaPage.hours", ("days", HourDays))}</h2>""");
        if (hours.Count == 0)
        {
            main.Append($"<p>{words.Text("areaPage.noHours", ("days", HourDays))}</p></section>");
            return;
        }
        main.Append(new LineChart("hours", words["areaPage.hourChart"], words).Draw(hours, request.Options.IsTooUncertain));
        main.Append($"<details><summary>{words.Text("areaPage.hourTable", ("hours", HoursInTable))}</summary>");
        LongerTimes.DrawTable(
            main, hours.TakeLast(HoursInTable).Reverse(), words.Text("areaPage.hourCaption", ("unit", hours[0].Quantity.UnitSymbol)),
            request);
        main.Append($"</details></section>");
    }

    static void DrawBand(Html main, Quantity quantity, BandStatement statement, Words words)
    {
        main.Append($"{words.Text("areaPage.index", ("quantity", words.Name(quantity)))} ")
            .Append($"<strong>{BandView.Draw(statement, words)}</strong>");
        main.Append(statement.SaysNothing ? new Html().Append($". ") : new Html().Append($", {BandView.Sure(statement, words)}. "));
    }

    static void DrawDays(Html main, IReadOnlyList<Estimate> days, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="day"><h2 id="day">{words.Text("areaPage.days", ("days", Days))}</h2>""");
        if (days.Count == 0)
        {
            main.Append($"<p>{words["areaPage.noDays"]}</p></section>");
            return;
        }
        var level = GuidelineSection.DayLevel(days[0].Quantity);
        main.Append(new LineChart("daily", words["areaPage.dayChart"], words)
            .Draw(days, request.Options.IsTooUncertain, level is null ? null : (level.Value, words["chart.guideline"])));
        LongerTimes.DrawTable(main, days.Reverse(), words.Text("areaPage.dayCaption", ("unit", days[0].Quantity.UnitSymbol)), request,
            level);
        main.Append($"""<p class="small">{words["certainty.ofInterval"]}</p></section>""");
    }

    /// <summary>Weeks or months. One alone is no line.</summary>
    public static void DrawLonger(Html main, IReadOnlyList<Estimate> times, string id, PageRequest request)
    {
        if (times.Count == 0) return;
        var words = request.Words;
        main.Append($"""<section aria-labelledby="{id}"><h2 id="{id}">{words[$"areaPage.{id}.title"]}</h2>""");
        if (times.Count > 2)
            main.Append(new LineChart($"{id}s", words[$"areaPage.{id}.chart"], words).Draw(times, request.Options.IsTooUncertain));
        LongerTimes.DrawTable(main, times.Reverse(), words.Text($"areaPage.{id}.caption", ("unit", times[0].Quantity.UnitSymbol)), request);
        main.Append($"</section>");
    }

    static void DrawPlace(Html main, AreaSubject subject, PageRequest request)
    {
        var words = request.Words;
        var inside = AreaList.Inside(subject.Names.Tree, subject.Area);
        var bounds = subject.Area.Bounds;
        main.Append($"""<section aria-labelledby="place-of"><h2 id="place-of">{words["areaPage.where"]}</h2><ul>""");
        main.Append($"<li>{words.Text(
                "areaPage.square", ("south", Degrees(bounds.South)), ("north", Degrees(bounds.North)), ("west", Degrees(bounds.West)),
                ("east", Degrees(bounds.East)))}")
            .Append($""" <a href="{request.Link("/areas")}#map">{words["areaPage.onMap"]}</a></li>""");
        main.Append($"<li>{words.Text("areaPage.quadkey", ("quadkey", AreaKey.Write(subject.Area)))}</li>");
        if (subject.Node.Parent is { } parent)
        {
            main.Append($"<li>{words.Markup(
                "areaPage.partOf", ("area", subject.Names[parent]), ("address", Address(parent, request)))}</li>");
        }
        foreach (var part in inside)
        {
            main.Append($"<li>{words.Markup(
                "areaPage.contains", ("area", subject.Names[part]), ("address", Address(part.Area, request)))}</li>");
        }
        main.Append($"</ul></section>");

        // Four decimals are about ten metres.
        string Degrees(double value) => words.Number(value, "0.0000") + "°";
    }

    static void DrawData(Html main, AreaSubject subject, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="data"><h2 id="data">{words["areaPage.data"]}</h2>""");
        main.Append(AreaDownloads.Draw(subject.Area, subject.Quantity, words));
        main.Append($"""<h3>{words["areaPage.embed"]}</h3><p class="small">{words["areaPage.embedMeaning"]}</p>""");
        var address = request.Origin + EmbeddedChart.Address(subject.Area, subject.Quantity, request);
        var title = words.Text("embed.title", ("quantity", words.Plain(subject.Quantity)), ("area", subject.Name));
        var code = $"<img src=\"{address}\" alt=\"{title}\" width=\"640\" height=\"418\">";
        main.Append($"""<pre tabindex="0">{code}</pre></section>""");
    }
}
