using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>An area that estimates exist for.</summary>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Name">The name on the pages, from its position in the neighbourhood.</param>
/// <param name="Parent">The nearest containing area; null for the topmost.</param>
/// <param name="IsReleaseArea">Whether noisy measurements are released for it; the others are parents that join several.</param>
/// <param name="EnrolledOwners">Households enrolled in it, for release areas; null for parents.</param>
/// <param name="Zoom">The length of the quadkey.</param>
/// <param name="West">Western edge in degrees (WGS 84).</param>
/// <param name="South">Southern edge in degrees.</param>
/// <param name="East">Eastern edge in degrees.</param>
/// <param name="North">Northern edge in degrees.</param>
sealed record AreaRow(
    string Area, string Name, string? Parent, bool IsReleaseArea, int? EnrolledOwners, int Zoom,
    [property: CsvColumn("west_deg")] double West, [property: CsvColumn("south_deg")] double South,
    [property: CsvColumn("east_deg")] double East, [property: CsvColumn("north_deg")] double North) : IAreaRow
{
    string IAreaRow.FeatureId => Area;
}

/// <summary><c>/api/v1/areas</c>.</summary>
static class AreasResource
{
    static readonly ResourceDescription Description = new("/api/v1/areas", "listAreas")
    {
        Parameters =
        [
            QueryParameter.At, QueryParameter.Point, QueryParameter.BoundingBox, QueryParameter.Limit, QueryParameter.Cursor,
            QueryParameter.FormatWithPlaces,
        ],
        Answer = typeof(RowPage<AreaRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints, PlanCache plans) =>
        endpoints.MapResource(Description, request => ListAsync(request, plans));

    static async ValueTask<IResult> ListAsync(ResourceRequest request, PlanCache plans)
    {
        var day = request.Day(QueryParameter.At);
        var place = PlaceFilter.Read(request);
        var limit = request.Limit();
        var after = request.Cursor(1) is [var key] ? AreaKey.TryParse(key, out var area) ? area : throw Cursor.Invalid() : (Area?)null;

        var plan = day is { } wanted
            ? await plans.FindAsync(request.Commons, wanted, request.Aborted)
                ?? throw ProblemException.NotFound($"There is no plan for {wanted}: nothing was released on that day.")
            : await request.Commons.FindLatestPlanAsync(request.Aborted);
        if (plan is null) return request.Rows<AreaRow>([], null);
        if (request.IsHeld(PlanDocument.Hash(plan), out var tag)) return request.NotModified(tag);

        var names = AreaNames.Of(plan);
        var owners = plan.Areas.ToDictionary(planned => planned.Area, planned => planned.EnrolledOwners);
        var nodes = names.Tree.Nodes.Where(node => (after is null || node.Area > after.Value) && place.Covers(node.Area))
            .Take(limit + 1).ToList();
        var rows = nodes.Take(limit).Select(node => Row(node, names, owners)).ToList();
        return request.Rows(rows, nodes.Count > limit ? Cursor.Write(rows[^1].Area) : null, tag);
    }

    internal static AreaRow Row(AreaNode node, AreaNames names, Dictionary<Area, int> owners)
    {
        var bounds = node.Area.Bounds;
        return new AreaRow(
            AreaKey.Write(node.Area), names[node.Area], node.Parent is { } parent ? AreaKey.Write(parent) : null, node.IsReleaseArea,
            owners.TryGetValue(node.Area, out var count) ? count : null, node.Area.Zoom,
            RowNumber.Degrees(bounds.West), RowNumber.Degrees(bounds.South), RowNumber.Degrees(bounds.East),
            RowNumber.Degrees(bounds.North));
    }
}
