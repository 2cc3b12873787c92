using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>An indicator of sound of one date.</summary>
/// <param name="Date">The date at the node. Its night is the one that follows, up to 7 in the morning.</param>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Indicator">'lday_24h', 'levening_24h', 'lnight_24h', 'lden_24h', or 'laeq_24h' from morning to morning.</param>
/// <param name="Method">
/// The version of the formulas: 2002-49-ec-mean-of-levels for those of Directive 2002/49/EC, Annex I, over hours that are each the
/// mean of the households' decibels, not of their energy.
/// </param>
/// <param name="Value">The level.</param>
/// <param name="StandardError">Its standard error, in dB.</param>
/// <param name="Lower">Lower end of the 95 % interval.</param>
/// <param name="Upper">Upper end of the 95 % interval.</param>
/// <param name="Unit">The unit, as SenML writes it.</param>
/// <param name="Share">The share of the time for which there were estimates, 0.75 to 1.</param>
/// <param name="Status">'final' where all estimates of the date's hours are.</param>
sealed record SoundRow(
    DateOnly Date, string Area, string Indicator, string Method, double Value, double StandardError, double Lower, double Upper,
    string Unit,
    double Share, string Status);

/// <summary><c>/api/v1/areas/{quadkey}/indices/sound</c>.</summary>
static class SoundResource
{
    /// <summary>Dates are read in pieces of this many until a page is full.</summary>
    const int DatesAtOnce = 14;

    /// <summary>About ten years: bounds the work of a range in which nothing was released.</summary>
    const int LongestRange = 3660;

    const string Method = "2002-49-ec-mean-of-levels";

    /// <summary>In the order of the rows of a date.</summary>
    static readonly string[] Indicators = ["lday_24h", "levening_24h", "lnight_24h", "lden_24h", "laeq_24h"];

    static readonly ResourceDescription Description = new("/api/v1/areas/{quadkey}/indices/sound", "listSoundIndicators")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.FromDay, QueryParameter.ToDay, QueryParameter.Limit, QueryParameter.Cursor,
            QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<SoundRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var limit = request.Limit();
        var first = request.Cursor(2) is { } fields ? ReadKey(fields) : ((PrivacyDay Date, int Indicator)?)null;
        var (from, to) = await request.DayRangeAsync(LongestRange);
        if (first?.Date > from) from = first.Value.Date;
        var over = SoundDates.LastOver(await request.ReleasedUntilAsync(), request.Zone).Next;
        if (over < to) to = over;

        var found = new List<SoundRow>();
        while (from < to && found.Count <= limit)
        {
            var last = new PrivacyDay(from.Date.AddDays(Math.Min(DatesAtOnce, to.Date.DayNumber - from.Date.DayNumber) - 1));
            var hours = await SoundDates.ReadHoursAsync(request.Commons, area, from, last, request.Zone, request.Aborted);
            for (var date = from; date <= last; date = date.Next)
                found.AddRange(Rows(area, date, hours, request.Zone).Where(row => !WasBefore(row)));
            from = last.Next;
        }
        if (found.Count == 0) await AreaKey.RequireKnownAsync(request, area);

        return request.Rows(
            found.Take(limit).ToList(),
            found.Count > limit ? Cursor.Write(new PrivacyDay(found[limit].Date).ToString(), found[limit].Indicator) : null);

        // The page before may have ended within the first date.
        bool WasBefore(SoundRow row) =>
            first is { } start && row.Date == start.Date.Date && Array.IndexOf(Indicators, row.Indicator) < start.Indicator;
    }

    static IEnumerable<SoundRow> Rows(Area area, PrivacyDay date, IReadOnlyList<Estimate> hours, TimeZoneInfo zone)
    {
        var indicators = SoundIndicators.Of(hours, date.Date, zone);
        var status = StatusName.Write(SoundDates.HoursOf(hours, date, zone));
        SoundLevel?[] levels = [indicators.Day, indicators.Evening, indicators.Night, indicators.DayEveningNight, indicators.Whole];
        return Indicators.Zip(levels).Where(item => item.Second is not null).Select(item => new SoundRow(
            date.Date, AreaKey.Write(area), item.First, Method, RowNumber.Rounded(item.Second!.Value),
            RowNumber.Rounded(item.Second.StandardError),
            RowNumber.Rounded(item.Second.Lower), RowNumber.Rounded(item.Second.Upper), Quantity.Laeq.Unit,
            RowNumber.Rounded(item.Second.Share),
            status));
    }

    static (PrivacyDay Date, int Indicator) ReadKey(string[] fields) =>
        DateOnly.TryParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1970 and < 2200
        && Array.IndexOf(Indicators, fields[1]) is >= 0 and var indicator
            ? (new PrivacyDay(date), indicator)
            : throw Cursor.Invalid();
}
