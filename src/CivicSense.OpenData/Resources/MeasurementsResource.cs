using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One released noisy sum, with everything needed to use it.</summary>
/// <param name="Window">Start of the hour, UTC.</param>
/// <param name="Area">The release area's quadkey; 'world' for the empty one.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Value">The noisy sum of the owners' clipped, weighted residuals, in grid steps.</param>
/// <param name="Baseline">The public prediction that residuals were taken from, in the unit.</param>
/// <param name="Unit">The unit of the baseline, as SenML writes it.</param>
/// <param name="NoiseSd">The standard deviation of the added noise in grid steps: sigma times grid.</param>
/// <param name="Sigma">The noise in units of an owner-day's norm bound.</param>
/// <param name="Grid">Grid steps per unit of the norm bound.</param>
/// <param name="Weight">Norm units per model-scale unit of this quantity.</param>
/// <param name="Cap">The largest residual of one owner and hour, on the model scale.</param>
/// <param name="LedgerSequence">The ledger entry that released it.</param>
sealed record MeasurementRow(
    DateTime Window, string Area, string Quantity, [property: CsvColumn("value_grid_steps")] long Value, double Baseline, string Unit,
    [property: CsvColumn("noise_sd_grid_steps")] double? NoiseSd, double? Sigma, [property: CsvColumn("grid_steps_per_norm")] long? Grid,
    double? Weight, double? Cap, long LedgerSequence);

/// <summary><c>/api/v1/measurements</c>.</summary>
static class MeasurementsResource
{
    /// <summary>
    /// Hours of a page where only some measurements of an hour are wanted: bounds the work where few or none of them are. Such a page may
    /// be short or empty and still have a next one.
    /// </summary>
    const int MostFilteredWindows = 31 * 24;

    static readonly Area LastArea = Area.Parse(new string('3', Area.MaximumZoom));

    static readonly ResourceDescription Description = new("/api/v1/measurements", "listMeasurements")
    {
        Parameters =
        [
            QueryParameter.OptionalQuantity, QueryParameter.Within, QueryParameter.From, QueryParameter.To,
            QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Measurements,
        Answer = typeof(RowPage<MeasurementRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints, PlanCache plans) =>
        endpoints.MapResource(Description, request => ListAsync(request, plans));

    static async ValueTask<IResult> ListAsync(ResourceRequest request, PlanCache plans)
    {
        var quantity = request.Quantity();
        var within = request.Area(QueryParameter.Within);
        var limit = request.Limit();
        var after = request.Cursor(3) is { } fields ? ReadKey(fields) : ((HourWindow, Area, Quantity)?)null;
        var (from, to) = await request.TimeRangeAsync();
        // Without its own end the list moves on with the next release.
        var isSettled = request.Text(QueryParameter.To) is not null && to <= await request.ReleasedUntilAsync();
        // What cannot change any more has its tag from itself: the ledger goes on every hour.
        string? tag = null;
        if (!isSettled)
        {
            var summary = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
            if (request.IsHeld(summary.Head, out tag)) return request.NotModified(tag);
        }

        var (first, until) = (TimeText.FirstWindowFrom(from), TimeText.FirstWindowFrom(to));
        var pageEnd = until;
        if (quantity is not null || within is not null)
        {
            (first, until) = await ReleasedTime.ClipAsync(request, after?.Item1 > first ? after.Value.Item1 : first, until);
            pageEnd = new HourWindow(Math.Min(until.Index, first.Index + MostFilteredWindows));
        }
        var measurements = await request.Commons.ReadMeasurementsAsync(
            new MeasurementQuery
            {
                Quantity = quantity, Within = within, From = first, Until = pageEnd, After = after, Limit = limit + 1,
            },
            request.Aborted);

        var rows = new List<MeasurementRow>(Math.Min(limit, measurements.Count));
        ReleasePlan? plan = null;
        HourWindow? planned = null;
        foreach (var measurement in measurements.Take(limit))
        {
            if (planned != measurement.Window)
            {
                plan = await plans.FindAsync(request.Commons, measurement.Window, request.Zone, request.Aborted);
                planned = measurement.Window;
            }
            rows.Add(Row(measurement, plan));
        }
        var next = measurements.Count > limit && measurements[rows.Count - 1] is var last ? WriteKey(last.Window, last.Area, last.Quantity)
            // Behind everything of the hour before.
            : pageEnd < until ? WriteKey(new HourWindow(pageEnd.Index - 1), LastArea, Quantity.All[^1])
            : null;
        return request.Rows(rows, next, tag, isSettled ? PublicResult.Settled : PublicResult.Live);
    }

    static string WriteKey(HourWindow window, Area area, Quantity quantity) =>
        Cursor.Write(window.Index.ToString(CultureInfo.InvariantCulture), AreaKey.Write(area), quantity.Id);

    static (HourWindow, Area, Quantity) ReadKey(string[] fields) =>
        long.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
            && Math.Abs((double)index) < 10_000_000
        && AreaKey.TryParse(fields[1], out var area) && Quantity.TryFind(fields[2], out var quantity)
            ? (new HourWindow(index), area, quantity)
            : throw Cursor.Invalid();

    static MeasurementRow Row(NoisyMeasurement measurement, ReleasePlan? plan)
    {
        var quantity = plan?.Quantities.FirstOrDefault(planned => planned.Quantity == measurement.Quantity);
        return new MeasurementRow(
            measurement.Window.Start.UtcDateTime, AreaKey.Write(measurement.Area), measurement.Quantity.Id, measurement.Value,
            measurement.Baseline,
            measurement.Quantity.Unit, plan?.Sigma * plan?.Grid, plan?.Sigma, plan?.Grid, quantity?.Weight, quantity?.Cap,
            measurement.LedgerSequence);
    }
}
