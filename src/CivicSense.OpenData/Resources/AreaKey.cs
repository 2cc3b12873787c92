namespace CivicSense.OpenData;

/// <summary>
/// How an area is named in addresses: its quadkey, or <c>world</c> for the empty one, which would leave a hole in a path.
/// </summary>
/// <remarks>The empty quadkey does occur: the whole of a neighbourhood on the meridian of Greenwich has no smaller cell.</remarks>
static class AreaKey
{
    const string World = "world";

    public static string Write(Area area) => area.Zoom == 0 ? World : area.QuadKey;

    public static bool TryParse(string text, out Area area)
    {
        area = default;
        return text == World || (text.Length > 0 && Area.TryParse(text, out area));
    }

    /// <summary>Tells an area of which there is nothing yet from one that there is not.</summary>
    /// <exception cref="ProblemException">404: the newest plan has no such area, and there has never been an estimate for it.</exception>
    public static async ValueTask RequireKnownAsync(ResourceRequest request, Area area)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        if (plan is not null && AreaTree.Build(plan.Areas.Select(planned => planned.Area)).Nodes.Any(node => node.Area == area))
            return;
        // What an area had stays public also when a later plan divides or joins it.
        foreach (var resolution in Enum.GetValues<Resolution>())
        {
            var newest = await request.Commons.ReadLatestEstimatesAsync(resolution, request.Aborted);
            if (newest.Any(estimate => estimate.Area == area))
                return;
        }
        throw ProblemException.NotFound($"There are no estimates for the area {Write(area)}. /api/v1/areas lists the areas.");
    }
}
