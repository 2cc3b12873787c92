using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>How many owners were active in an area on a day, with noise.</summary>
/// <param name="Day">The privacy day.</param>
/// <param name="Area">The release area's quadkey; 'world' for the empty one.</param>
/// <param name="Value">The noisy sum in grid steps.</param>
/// <param name="NoisyOwners">The noisy number of active owners: value divided by activityWeight. It can be negative.</param>
/// <param name="NoisyOwnersSd">The standard deviation of that number's noise.</param>
/// <param name="NoiseSd">The standard deviation of the added noise in grid steps.</param>
/// <param name="ActivityWeight">What one active owner adds, in grid steps.</param>
/// <param name="LedgerSequence">The ledger entry that released it.</param>
sealed record ActivityRow(
    DateOnly Day, string Area, [property: CsvColumn("value_grid_steps")] long Value, double? NoisyOwners, double? NoisyOwnersSd,
    [property: CsvColumn("noise_sd_grid_steps")] double? NoiseSd, [property: CsvColumn("activity_weight_grid_steps")] long? ActivityWeight,
    long LedgerSequence);

/// <summary><c>/api/v1/activity</c>.</summary>
static class ActivityResource
{
    /// <summary>
    /// Days are read in pieces of this size until a page is full, so that a long range costs no more memory than its page.
    /// </summary>
    const int DaysAtOnce = 31;

    static readonly ResourceDescription Description = new("/api/v1/activity", "listActivity")
    {
        Parameters = [QueryParameter.FromDay, QueryParameter.ToDay, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format],
        Answer = typeof(RowPage<ActivityRow>),
        IsKept = true,
        Example = new RowPage<ActivityRow>
        {
            Items = [new ActivityRow(
                new DateOnly(2026, 11, 21), "03131303010", -118_422_017, -1.8237, 18.8983, 1_227_133_513.06, 64_933_541, 169)],
            Licence = "ODbL-1.0",
        },
    };

    public static void Map(IEndpointRouteBuilder endpoints, PlanCache plans) =>
        endpoints.MapResource(Description, request => ListAsync(request, plans));

    static async ValueTask<IResult> ListAsync(ResourceRequest request, PlanCache plans)
    {
        var (from, to) = await request.DayRangeAsync();
        var limit = request.Limit();
        var after = request.Cursor(2) is [var day, var key]
            ? DateOnly.TryParseExact(day, "yyyy-MM-dd", out var date) && AreaKey.TryParse(key, out var area)
                ? (Day: new PrivacyDay(date), Area: area)
                : throw Cursor.Invalid()
            : ((PrivacyDay Day, Area Area)?)null;
        var summary = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        if (request.IsHeld(summary.Head, out var tag)) return request.NotModified(tag);

        (from, to) = await ReleasedTime.ClipAsync(request, from, to);
        var found = new List<NoisyActivity>();
        var start = after is { } key1 && key1.Day > from ? key1.Day : from;
        while (start < to && found.Count <= limit)
        {
            var end = new PrivacyDay(start.Date.AddDays(Math.Min(DaysAtOnce, to.Date.DayNumber - start.Date.DayNumber)));
            var piece = await request.Commons.ReadActivityAsync(start, end, request.Aborted);
            found.AddRange(piece.Where(row => after is not { } last || row.Day > last.Day || (row.Day == last.Day && row.Area > last.Area))
                .Take(limit + 1 - found.Count));
            start = end;
        }

        var rows = new List<ActivityRow>();
        foreach (var activity in found.Take(limit))
            rows.Add(Row(activity, await plans.FindAsync(request.Commons, activity.Day, request.Aborted)));
        return request.Rows(rows, found.Count > limit ? Cursor.Write(rows[^1].Day.ToString("yyyy-MM-dd", null), rows[^1].Area) : null, tag);
    }

    internal static ActivityRow Row(NoisyActivity activity, ReleasePlan? plan)
    {
        var noise = plan?.Sigma * plan?.Grid;
        return new ActivityRow(
            activity.Day.Date, AreaKey.Write(activity.Area), activity.Value, Rounded((double)activity.Value / plan?.ActivityWeight),
            Rounded(noise / plan?.ActivityWeight),
            noise, plan?.ActivityWeight, activity.LedgerSequence);

        static double? Rounded(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 4) : null;
    }
}
