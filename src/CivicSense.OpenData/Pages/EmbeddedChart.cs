using System.Text;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/embed/{quadkey}/{quantity}.svg</c>: a chart that stands alone, for the pages of others.</summary>
static class EmbeddedChart
{
    const int HourDays = 7;
    const int Days = 30;
    const int Above = 56;
    const int Below = 62;
    const int LongestName = 50;
    const int Height = ChartScale.Height + Above + Below;

    public static string Address(Area area, Quantity quantity, PageRequest request) =>
        request.Link($"/embed/{AreaKey.Write(area)}/{quantity.Id}.svg");

    public static async Task<IResult> GetAsync(string quadkey, string quantityId, PageRequest request)
    {
        var words = request.Words;
        var (name, area, quantity, until) = await FindAsync(quadkey, quantityId, request);
        var resolution = request.Query("resolution") switch
        {
            null or "hour" => Resolution.Hour,
            "day" => Resolution.Day,
            _ => throw ProblemException.OfPage(StatusCodes.Status400BadRequest, words.Text("problem.resolution", ("known", "hour, day")),
                "resolution"),
        };
        var from = resolution == Resolution.Hour ? until.AddDays(-HourDays) : TimeText.StartOfDaysBefore(until, Days, words.Zone);
        var estimates = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, resolution, from, until, 24 * HourDays + 1), request.Aborted);

        var body = Encoding.UTF8.GetBytes(Draw(name, quantity, estimates, until, request).ToString());
        request.AllowElsewhere();
        return new PublicResult(body, "image/svg+xml", EntityTag.Of(body), PublicResult.Live);
    }

    /// <summary>
    /// What the chart is of, and where it ends. Of an area that is no more it keeps its last days: whoever shows it has not looked for
    /// long.
    /// </summary>
    /// <exception cref="ProblemException">404: there is no such area or quantity.</exception>
    static async ValueTask<(string Name, Area Area, Quantity Quantity, DateTimeOffset Until)> FindAsync(
        string quadkey, string quantityId, PageRequest request)
    {
        var words = request.Words;
        if (await AreaSubject.FindAsync(quadkey, request) is { } subject)
        {
            var planned = subject.Plan.Quantities.Select(planned => planned.Quantity).ToList();
            var until = (await request.ReadStatusAsync()).LastReleased?.End ?? HourWindow.Containing(request.Now).End;
            return (subject.Name, subject.Area, Choose(planned), until);
        }
        return await FormerArea.FindAsync(quadkey, Choose, request) is { } former
            ? (words.Text("formerArea.title", ("quadkey", AreaKey.Write(former.Area))), former.Area, former.Quantity, former.Until)
            : throw AreaSubject.Unknown(quadkey, words);

        Quantity Choose(IReadOnlyList<Quantity> known) => known.FirstOrDefault(quantity => quantity.Id == quantityId)
            ?? throw ProblemException.OfPage(StatusCodes.Status404NotFound, words.Text(
                "problem.noQuantity", ("quantity", ProblemException.Quote(quantityId)),
                ("known", string.Join(", ", known.Select(quantity => quantity.Id)))));
    }

    static Html Draw(string area, Quantity quantity, IReadOnlyList<Estimate> estimates, DateTimeOffset until, PageRequest request)
    {
        var words = request.Words;
        var title = words.Text("embed.title", ("quantity", words.Plain(quantity)), ("area", area));
        var chart = new LineChart("embed", title, words);
        var html = new Html();
        html.Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ChartScale.Width} {Height}" """)
            .Append($"""width="{ChartScale.Width}" height="{Height}" role="img" aria-labelledby="t d" """)
            .Append($"""font-family="system-ui,sans-serif" font-size="14" lang="{words.Language.Code}">""");
        html.Append($"""<title id="t">{title}</title>""")
            .Append($"""<desc id="d">{(estimates.Count == 0 ? words["embed.nothing"] : chart.Describe(estimates))}</desc>""");
        html.Append($"""<rect width="{ChartScale.Width}" height="{Height}" fill="#fff"/>""")
            .Append($"""<text x="12" y="24" font-size="18" font-weight="600" fill="#1d2529">{title}</text>""");
        var guideline = estimates.Count > 0 ? Guideline(estimates[0]) : null;
        html.Append($"""<text x="12" y="45" fill="#4b585e">{words.Text("embed.legend", ("unit", quantity.UnitSymbol))}</text>""")
            .Append($"""<g transform="translate(0 {Above})">""");
        if (estimates.Count == 0)
        {
            html.Append($"""<text x="{ChartScale.Width / 2}" y="{ChartScale.Height / 2}" text-anchor="middle" fill="#4b585e">""")
                .Append($"{words["embed.nothing"]}</text>");
        }
        else chart.DrawInside(html, estimates, request.Options.IsTooUncertain, ChartInk.Standalone, guideline);
        html.Append($"""</g><g font-size="12" fill="#4b585e">""")
            .Append($"""<text x="12" y="{Height - Below + 14}">{words.Text("embed.until", ("time", words.Instant(until)))}</text>""");
        var name = request.Options.NeighbourhoodName;
        if (name.Length > LongestName) name = name[..LongestName] + "…";
        html.Append($"""<text x="12" y="{Height - Below + 31}">{words["embed.computed"]}</text>""");
        if (guideline is not null)
        {
            html.Append($"""<text x="{ChartScale.Width - ChartScale.Right}" y="{Height - Below + 31}" """)
                .Append($"""text-anchor="end" fill="#9a3b12">– – {words["chart.guideline"]}</text>""");
        }
        return html.Append(
            $"""<text x="12" y="{Height - Below + 48}">{name} · {request.Origin} · {request.Options.LicenceOf(DatasetInfo.Estimates)}""")
                .Append($"</text></g></svg>");
    }

    static double? Guideline(Estimate estimate) =>
        estimate.Resolution == Resolution.Day ? GuidelineSection.DayLevel(estimate.Quantity)?.Value : null;
}
