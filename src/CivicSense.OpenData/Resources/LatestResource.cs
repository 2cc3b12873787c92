using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary><c>/api/v1/estimates/latest</c>: the newest estimate of each area and quantity, for maps and overviews.</summary>
static class LatestResource
{
    static readonly ResourceDescription Description = new("/api/v1/estimates/latest", "listLatestEstimates")
    {
        Parameters =
        [
            QueryParameter.OptionalQuantity, QueryParameter.Resolution, QueryParameter.Within, QueryParameter.Point,
            QueryParameter.BoundingBox,
            QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.FormatWithPlaces,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<EstimateRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var resolution = ResolutionName.Read(request.Text(QueryParameter.Resolution) ?? ResolutionName.All[0]);
        var quantity = request.Quantity();
        var within = request.Area(QueryParameter.Within);
        var place = PlaceFilter.Read(request);
        var limit = request.Limit();
        var after = request.Cursor(2) is { } fields ? ReadKey(fields) : ((Area, byte)?)null;

        var estimates = Newest(await request.Commons.ReadLatestEstimatesAsync(resolution, request.Aborted))
            .Where(estimate => (quantity is null || estimate.Quantity == quantity)
                && within?.Contains(estimate.Area) != false && place.Covers(estimate.Area)
                && (after is not { } last || (estimate.Area, estimate.Quantity.Ordinal).CompareTo(last) > 0))
            .Take(limit + 1).ToList();
        var next = estimates.Count > limit
            ? Cursor.Write(AreaKey.Write(estimates[limit - 1].Area), estimates[limit - 1].Quantity.Id)
            : null;
        return EstimatesResource.Page(request, [.. estimates.Take(limit)], next);
    }

    /// <summary>A release writes all its areas, so what has not been written with the others is not released any more.</summary>
    static IEnumerable<Estimate> Newest(IReadOnlyList<Estimate> estimates)
    {
        var newest = estimates.GroupBy(estimate => estimate.Quantity)
            .ToDictionary(group => group.Key, group => group.Max(estimate => estimate.Start));
        return estimates.Where(estimate => estimate.Start == newest[estimate.Quantity]);
    }

    static (Area, byte) ReadKey(string[] fields) =>
        AreaKey.TryParse(fields[0], out var area) && Quantity.TryFind(fields[1], out var quantity)
            ? (area, quantity.Ordinal)
            : throw Cursor.Invalid();
}
