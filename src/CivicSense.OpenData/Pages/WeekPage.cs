using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas/{quadkey}/week</c>: one week of an area on a sheet of paper (A4), for a notice board.</summary>
static class WeekPage
{
    const int DaysOfWeek = 7;

    static readonly Quantity[] Shown = AreaSubject.Preferred;

    public static string Address(Area area, PageRequest request, DateOnly? monday = null) =>
        request.Link($"/areas/{AreaKey.Write(area)}/week") + (monday is { } from
            ? string.Create(CultureInfo.InvariantCulture, $"?from={from:yyyy-MM-dd}") : "");

    public static async Task<IResult> GetAsync(string quadkey, PageRequest request)
    {
        if (await AreaSubject.FindAsync(quadkey, request) is not { } subject)
        {
            // The page of an area that is no more has its last weeks.
            return await FormerArea.FindAsync(quadkey, request) is { } former
                ? request.Redirect(AreaPage.Address(former.Area, request))
                : throw AreaSubject.Unknown(quadkey, request.Words);
        }
        var words = request.Words;
        var until = (await request.ReadStatusAsync()).LastReleased?.End ?? HourWindow.Containing(request.Now).End;
        var today = DateOnly.FromDateTime(words.Local(until.AddHours(-1)).DateTime);
        var monday = ReadMonday(request) ?? await NewestMondayAsync(subject, today, request);
        var quantities = Shown.Where(shown => subject.Plan.Quantities.Any(planned => planned.Quantity == shown)).ToList();
        var week = new Week(monday, words.Zone);
        var days = new Dictionary<Quantity, IReadOnlyList<Estimate>>();
        foreach (var quantity in quantities)
            days[quantity] = await ReadAsync(subject.Area, quantity, Resolution.Day, week, request);

        var main = new Html();
        var title = words.Text("week.title",
            ("days", words.Text("value.range", ("lower", words.Date(new(monday))), ("upper", words.Date(new(week.Sunday))))),
                ("year", week.Sunday.Year.ToString(CultureInfo.InvariantCulture)));
        main.Append($"""<div class="sheet"><h1>{subject.Name}</h1><p class="lead">{title}</p>""");
        var isEmpty = days.Values.All(list => list.Count == 0);
        DrawTurning(main, subject.Area, monday, today, isEmpty, request);
        if (isEmpty) main.Append($"<p>{words["week.nothing"]}</p>");
        else await DrawSheetAsync(main, subject, week, quantities, days, request);
        main.Append($"""<p class="small">""")
            .Append($"{words.Text(
                "week.source", ("name", request.Options.NeighbourhoodName),
                ("address", request.Origin + AreaPage.Address(subject.Area, request)), ("time", words.Instant(until)),
                ("licence", request.Options.LicenceOf(DatasetInfo.Estimates)))}")
            .Append($"</p></div>");
        return request.Page("/areas", words.Text("week.tab", ("area", subject.Name)), main);
    }

    /// <exception cref="ProblemException">400: that is no date.</exception>
    static DateOnly? ReadMonday(PageRequest request)
    {
        if (request.Query("from") is not { } text) return null;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || date.Year is < 1970 or > 2199)
            throw ProblemException.OfPage(StatusCodes.Status400BadRequest,
                request.Words.Text("problem.date", ("date", ProblemException.Quote(text))), "from");
        return MondayOf(date);
    }

    /// <summary>The last week that is over; while there is nothing of it, the one at hand.</summary>
    static async ValueTask<DateOnly> NewestMondayAsync(AreaSubject subject, DateOnly today, PageRequest request)
    {
        var before = MondayOf(today).AddDays(-DaysOfWeek);
        var days = await ReadAsync(subject.Area, subject.Quantity, Resolution.Day, new Week(before, request.Words.Zone), request);
        return days.Count > 0 ? before : MondayOf(today);
    }

    static DateOnly MondayOf(DateOnly date) => date.AddDays(-(((int)date.DayOfWeek + 6) % DaysOfWeek));

    static ValueTask<IReadOnlyList<Estimate>> ReadAsync(Area area, Quantity quantity, Resolution resolution, Week week,
        PageRequest request) =>
        request.Commons.ReadEstimatesAsync(new EstimateQuery(area, quantity, resolution, week.Start, week.End, 26 * DaysOfWeek),
            request.Aborted);

    static void DrawTurning(Html main, Area area, DateOnly monday, DateOnly today, bool isEmpty, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<nav class="screen" aria-label="{words["week.weeks"]}"><ul>""");
        // Before a week without anything there is no use in looking, and whoever follows links would never come to an end.
    {
        if (!isEmpty) main.Append($"""<li><a href="{Address(area, request, monday.AddDays(-DaysOfWeek))}">{words["week.before"]}</a>""")
            .Append($"</li>");
    }
        if (monday < MondayOf(today))
            main.Append($"""<li><a href="{Address(area, request, monday.AddDays(DaysOfWeek))}">{words["week.after"]}</a></li>""");
        main.Append($"""<li><a href="{AreaPage.Address(area, request)}">{words["week.area"]}</a></li></ul>""")
            .Append($"""<p class="small">{words["week.print"]}</p></nav>""");
    }

    static async Task DrawSheetAsync(
        Html main, AreaSubject subject, Week week, List<Quantity> quantities, Dictionary<Quantity, IReadOnlyList<Estimate>> days,
            PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<ul class="summary">""");
        foreach (var quantity in quantities)
        {
            if (await ReadAsync(subject.Area, quantity, Resolution.Week, week, request) is [var average])
                DrawAverage(main, average, request);
        }
        DrawSummary(main, quantities, days, request);
        main.Append($"</ul>");
        DrawDays(main, week, quantities, days, request);
        var first = quantities.Find(quantity => days[quantity].Count > 0)!;
        var hours = await ReadAsync(subject.Area, first, Resolution.Hour, week, request);
        if (hours.Count > 0)
        {
            main.Append($"""<section aria-labelledby="hours-of">""")
                .Append($"""<h2 id="hours-of">{words.Text("week.hours", ("quantity", words.Plain(first)))}</h2>""");
            main.Append(new LineChart("hours", words["areaPage.hourChart"], words).Draw(hours, request.Options.IsTooUncertain))
                .Append($"</section>");
        }
        if (quantities.Contains(Quantity.Laeq)) main.Append(await WeekSound.DrawAsync(subject.Area, week, request));
        main.Append($"""<p class="small">{words["certainty.ofInterval"]} {words["week.who"]} {words["meaning.source"]}</p>""");
    }

    static void DrawAverage(Html main, Estimate average, PageRequest request)
    {
        var words = request.Words;
        var interval = request.Options.IsTooUncertain(average)
            ? words.Text("value.noOneValue", ("between", words.Between(average)))
            : words.Interval(average);
        main.Append($"<li>{words.Markup("week.average", ("quantity", words.Plain(average.Quantity)), ("interval", interval))}</li>");
    }

    /// <summary>How many days were above the guideline level for a day, and how many cannot be told: items of a list.</summary>
    static void DrawSummary(Html main, List<Quantity> quantities, Dictionary<Quantity, IReadOnlyList<Estimate>> days, PageRequest request)
    {
        var words = request.Words;
        foreach (var quantity in quantities.Where(quantity => GuidelineSection.DayLevel(quantity) is not null && days[quantity].Count > 0))
        {
            var verdicts = days[quantity].Select(day => GuidelineStatement.OfDay(GuidelineTables.Who2021, day)[^1].Verdict).ToList();
            main.Append($"<li>{words.Markup(
                "week.summary", ("quantity", words.Plain(quantity)),
                ("level", words.Number(GuidelineSection.DayLevel(quantity)!.Value, 0)), ("unit", quantity.UnitSymbol),
                ("above", verdicts.Count(verdict => verdict == GuidelineVerdict.Exceeded)),
                ("notAbove", verdicts.Count(verdict => verdict == GuidelineVerdict.Kept)),
                ("unknown", verdicts.Count(verdict => verdict == GuidelineVerdict.CannotBeTold)))}</li>");
        }
    }

    static void DrawDays(Html main, Week week, List<Quantity> quantities, Dictionary<Quantity, IReadOnlyList<Estimate>> days,
        PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="days-of"><h2 id="days-of">{words["week.days"]}</h2>""")
            .Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["week.days"]}"><table class="days">""")
            .Append($"""<caption>{words["week.caption"]}</caption><thead><tr><th scope="col">{words["table.time"]}</th>""");
        foreach (var quantity in quantities) main.Append(
            $"""<th scope="col" class="n">{words.Name(quantity)}, {quantity.UnitSymbol}</th>""");
        main.Append($"</tr></thead><tbody>");
        foreach (var day in week.Days)
        {
            main.Append($"""<tr><th scope="row">{words.Capital(words.ShortDate(day))}</th>""");
            foreach (var quantity in quantities)
            {
                ValueCell.Draw(main, days[quantity].FirstOrDefault(estimate =>
                    DateOnly.FromDateTime(words.Local(estimate.Start).DateTime) == day.Date), request);
            }
            main.Append($"</tr>");
        }
        main.Append($"</tbody></table></div></section>");
    }
}

/// <summary>A week in the node's time zone.</summary>
sealed record Week(DateOnly Monday, TimeZoneInfo Zone)
{
    public DateOnly Sunday => Monday.AddDays(6);

    public IEnumerable<PrivacyDay> Days => Enumerable.Range(0, 7).Select(day => new PrivacyDay(Monday.AddDays(day)));

    public DateTimeOffset Start => TimeText.StartOf(new PrivacyDay(Monday), Zone);

    public DateTimeOffset End => TimeText.StartOf(new PrivacyDay(Monday.AddDays(7)), Zone);
}
