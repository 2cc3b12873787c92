using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>What is believed about one area, quantity and hour or day, and how sure that is.</summary>
/// <param name="Start">The first instant it covers, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Resolution">'hour' or 'day'.</param>
/// <param name="Unit">The unit of the numbers, as SenML writes it.</param>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error, in the unit.</param>
/// <param name="Lower">Lower end of the 95 % interval, in the unit.</param>
/// <param name="Upper">Upper end of the 95 % interval, in the unit.</param>
/// <param name="Status">'live': may still be revised; 'final': will not change again.</param>
/// <param name="TooUncertain">
/// Whether the pages refuse to show this hour as a number because its standard error is above the display limit.
/// </param>
sealed record EstimateRow(
    DateTime Start, DateTime End, string Area, string Quantity, string Resolution, string Unit,
    double Value, double StandardError, double Lower, double Upper, string Status, bool TooUncertain);

/// <summary><c>/api/v1/areas/{quadkey}/estimates</c>.</summary>
static class EstimatesResource
{
    static readonly ResourceDescription Description = new(
        "/api/v1/areas/{quadkey}/estimates", "listEstimates", "Estimates of an area with their uncertainty",
        "Computed from the noisy measurements alone, ordered by start. A live estimate is revised until it is final, 48 hours later.")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.RequiredQuantity, QueryParameter.Resolution, QueryParameter.From, QueryParameter.To,
            QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format,
        ],
        Answer = typeof(RowPage<EstimateRow>),
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var quantity = request.Quantity()!;
        var resolution = request.Text(QueryParameter.Resolution) == "day" ? Resolution.Day : Resolution.Hour;
        var limit = request.Limit();
        var start = request.Cursor(1) is [var seconds] ? ReadStart(seconds) : (DateTimeOffset?)null;
        var (from, to) = await request.TimeRangeAsync();
        if (start > from) from = start.Value;

        var estimates = await request.Commons.ReadEstimatesAsync(new EstimateQuery(area, quantity, resolution, from, to, limit + 1), request.Aborted);
        if (estimates.Count == 0) await RequireKnownAreaAsync(request, area);

        var rows = estimates.Take(limit).Select(estimate => Row(estimate, request.Options)).ToList();
        var next = estimates.Count > limit ? Cursor.Write(estimates[limit].Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)) : null;
        // Estimates are revised without a new ledger entry, so only the rows themselves say which version they are.
        return request.Rows(rows, next);
    }

    static async ValueTask RequireKnownAreaAsync(ResourceRequest request, Area area)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        if (plan is null || AreaTree.Build(plan.Areas.Select(planned => planned.Area)).Nodes.All(node => node.Area != area))
            throw ProblemException.NotFound($"There are no estimates for the area {AreaKey.Write(area)}. /api/v1/areas lists the areas.");
    }

    static DateTimeOffset ReadStart(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Cursor.Invalid();

    static EstimateRow Row(Estimate estimate, OpenDataOptions options) => new(
        estimate.Start.UtcDateTime, estimate.End.UtcDateTime, AreaKey.Write(estimate.Area), estimate.Quantity.Id,
        estimate.Resolution == Resolution.Hour ? "hour" : "day", estimate.Quantity.Unit,
        Rounded(estimate.Value), Rounded(estimate.StandardError), Rounded(estimate.Lower), Rounded(estimate.Upper),
        estimate.Status == EstimateStatus.Final ? "final" : "live", options.IsTooUncertain(estimate));

    /// <summary>Four decimals: far below any uncertainty here.</summary>
    static double Rounded(double value) => Math.Round(value, 4);
}
