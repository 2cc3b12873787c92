using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>What is believed about one area, quantity and time, and how sure that is.</summary>
/// <param name="Start">The first instant it covers, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Resolution">'hour', 'day', 'week' or 'month'.</param>
/// <param name="Unit">The unit of the numbers, as SenML writes it.</param>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error, in the unit.</param>
/// <param name="Lower">Lower end of the 95 % interval, in the unit.</param>
/// <param name="Upper">Upper end of the 95 % interval, in the unit.</param>
/// <param name="Status">'live': may still be revised; 'final': will not change again.</param>
/// <param name="TooUncertain">
/// Whether the pages refuse to show this as a number because its standard error is above the display limit.
/// </param>
sealed record EstimateRow(
    DateTime Start, DateTime End, string Area, string Quantity, string Resolution, string Unit,
    double Value, double StandardError, double Lower, double Upper, string Status, bool TooUncertain) : IAreaRow
{
    string IAreaRow.FeatureId => $"{Area}/{Quantity}";
}

/// <summary><c>/api/v1/areas/{quadkey}/estimates</c>.</summary>
static class EstimatesResource
{
    static readonly ResourceDescription Description = new("/api/v1/areas/{quadkey}/estimates", "listEstimates")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.RequiredQuantity, QueryParameter.Resolution, QueryParameter.FromOfResolution,
            QueryParameter.To,
            QueryParameter.AsOf, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<EstimateRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var quantity = request.Quantity()!;
        var resolution = ResolutionName.Read(request.Text(QueryParameter.Resolution) ?? ResolutionName.All[0]);
        var limit = request.Limit();
        var start = request.Cursor(1) is [var seconds] ? Cursor.ReadInstant(seconds) : (DateTimeOffset?)null;
        var past = await PastInstant.ReadAsync(request);
        var (from, to) =
            await request.TimeRangeAsync(ResolutionName.DefaultDays(resolution), resolution > Resolution.Hour, past?.DefaultEnd);
        if (start > from) from = start.Value;

        var estimates = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, resolution, from, to, limit + 1) { AsOf = past?.Instant }, request.Aborted);
        if (estimates.Count == 0) await AreaKey.RequireKnownAsync(request, area);

        var next = estimates.Count > limit ? Cursor.Write(Cursor.WriteInstant(estimates[limit].Start)) : null;
        return Page(request, [.. estimates.Take(limit)], next, past?.CacheControl ?? PublicResult.Live);
    }

    /// <summary>Answers with a page of estimates.</summary>
    /// <remarks>Estimates are revised without a new ledger entry, so only the rows themselves say which version they are.</remarks>
    internal static IResult Page(
        ResourceRequest request, Estimate[] estimates, string? nextCursor, string cacheControl = PublicResult.Live) =>
        request.Format == Format.Json
            ? request.Page(
                next => EstimateDocument.Write(estimates, next, request.Licence, request.Options), nextCursor, tag: null, cacheControl,
                isRented: true)
            : request.Rows(Array.ConvertAll(estimates, estimate => Row(estimate, request.Options)), nextCursor, cacheControl: cacheControl);

    internal static EstimateRow Row(Estimate estimate, OpenDataOptions options) => new(
        estimate.Start.UtcDateTime, estimate.End.UtcDateTime, AreaKey.Write(estimate.Area), estimate.Quantity.Id,
        ResolutionName.Write(estimate.Resolution), estimate.Quantity.Unit,
        RowNumber.Rounded(estimate.Value), RowNumber.Rounded(estimate.StandardError), RowNumber.Rounded(estimate.Lower),
        RowNumber.Rounded(estimate.Upper),
        StatusName.Write(estimate.Status), options.IsTooUncertain(estimate));
}
