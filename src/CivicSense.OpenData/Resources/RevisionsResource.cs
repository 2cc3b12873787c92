using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>What was published of one estimate, and when.</summary>
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
/// <param name="PublishedFrom">Since when this was published, UTC; null where that was before the history of revisions begins.</param>
/// <param name="PublishedUntil">When the next revision took its place, UTC; null for the newest.</param>
sealed record RevisionRow(
    DateTime Start, DateTime End, string Area, string Quantity, string Resolution, string Unit,
    double Value, double StandardError, double Lower, double Upper, string Status, bool TooUncertain,
    DateTime? PublishedFrom, DateTime? PublishedUntil);

/// <summary><c>/api/v1/areas/{quadkey}/estimates/revisions</c>.</summary>
static class RevisionsResource
{
    static readonly ResourceDescription Description = new("/api/v1/areas/{quadkey}/estimates/revisions", "listEstimateRevisions")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.RequiredQuantity, QueryParameter.Resolution, QueryParameter.FromOfResolution,
            QueryParameter.To,
            QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<RevisionRow>),
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var quantity = request.Quantity()!;
        var resolution = ResolutionName.Read(request.Text(QueryParameter.Resolution) ?? ResolutionName.All[0]);
        var limit = request.Limit();
        var after = request.Cursor(2) is { } fields ? ReadKey(fields) : ((DateTimeOffset, DateTimeOffset?)?)null;
        var (from, to) = await request.TimeRangeAsync(ResolutionName.DefaultDays(resolution), resolution > Resolution.Hour);

        var revisions = await request.Commons.ReadEstimateRevisionsAsync(
            new EstimateRevisionQuery(area, quantity, resolution, from, to, limit + 1) { After = after }, request.Aborted);
        if (revisions.Count == 0) await AreaKey.RequireKnownAsync(request, area);

        var rows = revisions.Take(limit).Select(revision => Row(revision, request.Options)).ToList();
        return request.Rows(rows, revisions.Count > limit ? WriteKey(revisions[limit - 1]) : null);
    }

    static string WriteKey(EstimateRevision revision) => Cursor.Write(
        Cursor.WriteInstant(revision.Estimate.Start),
        revision.PublishedUntil is { } until ? until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : "");

    static (DateTimeOffset, DateTimeOffset?) ReadKey(string[] fields)
    {
        var start = Cursor.ReadInstant(fields[0]);
        if (fields[1].Length == 0) return (start, null);
        return long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? (start, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
                : throw Cursor.Invalid();
    }

    internal static RevisionRow Row(EstimateRevision revision, OpenDataOptions options)
    {
        var row = EstimatesResource.Row(revision.Estimate, options);
        return new RevisionRow(
            row.Start, row.End, row.Area, row.Quantity, row.Resolution, row.Unit, row.Value, row.StandardError, row.Lower,
            row.Upper, row.Status,
            row.TooUncertain, revision.PublishedFrom?.UtcDateTime, revision.PublishedUntil?.UtcDateTime);
    }
}
