using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>How the estimate of a day compares with a guideline level.</summary>
/// <param name="Start">The first instant of the day, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="Date">The day at the node.</param>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Quantity">The pollutant.</param>
/// <param name="Table">The version of the guidelines, such as who-2021.</param>
/// <param name="Level">The level's name: 'guideline level' or 'interim target 1' to 4.</param>
/// <param name="LevelValue">The level, in the unit.</param>
/// <param name="Unit">The unit, as SenML writes it.</param>
/// <param name="ProbabilityAbove">The probability that the day's mean is above the level.</param>
/// <param name="Verdict">'above' or 'notAbove' where that is at least 90 % sure, else 'cannotBeTold'.</param>
/// <param name="Status">'live': the estimate may still be revised; 'final': it will not.</param>
sealed record GuidelineRow(
    DateTime Start, DateTime End, DateOnly Date, string Area, string Quantity, string Table, string Level, double LevelValue, string Unit,
    double ProbabilityAbove, string Verdict, string Status);

/// <summary><c>/api/v1/areas/{quadkey}/indices/guidelines</c>.</summary>
static class GuidelinesResource
{
    static readonly ResourceDescription Description = new("/api/v1/areas/{quadkey}/indices/guidelines", "listGuidelines")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.OptionalQuantity, QueryParameter.FromOfDays, QueryParameter.To, QueryParameter.Limit,
            QueryParameter.Cursor, QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<GuidelineRow>),
        IsKept = true,
    };

    static readonly GuidelineTable Table = GuidelineTables.Who2021;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var quantity = request.Quantity();
        var limit = request.Limit();
        var first = request.Cursor(3) is { } fields ? ReadKey(fields) : ((DateTimeOffset Start, int Quantity, int Level)?)null;
        var (from, to) = await request.TimeRangeAsync(inWholeDays: true);
        if (first?.Start > from) from = first.Value.Start;

        var found = new List<((DateTimeOffset Start, int Quantity, int Level) Key, GuidelineRow Row)>();
        foreach (var compared in Quantity.All.Where(
            each => (quantity is null || each == quantity) && !Table.LevelsOf(each, GuidelinePeriod.Day).IsEmpty))
        {
            var days = await request.Commons.ReadEstimatesAsync(
                new EstimateQuery(area, compared, Resolution.Day, from, to, limit + 1), request.Aborted);
            found.AddRange(days.SelectMany(day => Rows(day, request.Zone)));
        }
        if (found.Count == 0) await AreaKey.RequireKnownAsync(request, area);

        var page = found.Where(item => first is null || item.Key.CompareTo(first.Value) >= 0)
            .OrderBy(item => item.Key).Take(limit + 1).ToList();
        return request.Rows(page.Take(limit).Select(item => item.Row).ToList(), page.Count > limit ? WriteKey(page[limit].Key) : null);
    }

    static IEnumerable<((DateTimeOffset Start, int Quantity, int Level), GuidelineRow)> Rows(Estimate day, TimeZoneInfo zone) =>
        GuidelineStatement.OfDay(Table, day).Select((statement, place) => (
        (day.Start, (int)day.Quantity.Ordinal, place),
        new GuidelineRow(
            day.Start.UtcDateTime, day.End.UtcDateTime, PrivacyDay.Of(HourWindow.Containing(day.Start), zone).Date, AreaKey.Write(day.Area),
            day.Quantity.Id, statement.Table.Id, statement.Level.Name, statement.Level.Value, day.Quantity.Unit,
            RowNumber.Rounded(statement.ProbabilityAbove), Verdict(statement.Verdict), StatusName.Write(day.Status))));

    static string Verdict(GuidelineVerdict verdict) => verdict switch
    {
        GuidelineVerdict.Exceeded => "above",
        GuidelineVerdict.Kept => "notAbove",
        _ => "cannotBeTold",
    };

    static string WriteKey((DateTimeOffset Start, int Quantity, int Level) key) => Cursor.Write(
        Cursor.WriteInstant(key.Start), key.Quantity.ToString(CultureInfo.InvariantCulture),
        key.Level.ToString(CultureInfo.InvariantCulture));

    static (DateTimeOffset Start, int Quantity, int Level) ReadKey(string[] fields) =>
        byte.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var quantity)
        && byte.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            ? (Cursor.ReadInstant(fields[0]), quantity, level)
            : throw Cursor.Invalid();
}
