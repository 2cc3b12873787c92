using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>An area that earlier plans had and the newest has not: what was released for it stays public.</summary>
/// <param name="Area">The area.</param>
/// <param name="Quantities">What there is of it.</param>
/// <param name="Quantity">The quantity that is asked for, or the one that is looked for first.</param>
/// <param name="From">The beginning of the first hour of the quantity.</param>
/// <param name="Until">The end of the last.</param>
/// <param name="Today">The areas of the newest plan.</param>
sealed record FormerArea(
    Area Area, IReadOnlyList<Quantity> Quantities, Quantity Quantity, DateTimeOffset From, DateTimeOffset Until, AreaLabels Today)
{
    /// <summary>The largest areas of today inside it.</summary>
    public IEnumerable<AreaNode> Parts => Today.Tree.Nodes
        .Where(node => Area.Contains(node.Area) && (node.Parent is not { } parent || !Area.Contains(parent)));

    /// <summary>The smallest area of today around it; null where there is none.</summary>
    public AreaNode? Around => Today.Tree.Nodes.Where(node => node.Area.Contains(Area)).MaxBy(node => node.Area.Zoom);

    /// <summary>Finds it among the estimates; null where there has never been one of the area.</summary>
    /// <exception cref="ProblemException">400: there is nothing of the quantity that is asked for.</exception>
    public static ValueTask<FormerArea?> FindAsync(string quadkey, PageRequest request) =>
        FindAsync(quadkey, known => AreaSubject.ReadQuantity(known, request), request);

    /// <summary>The same with a quantity that is chosen from those that there are.</summary>
    public static async ValueTask<FormerArea?> FindAsync(
        string quadkey, Func<IReadOnlyList<Quantity>, Quantity> choose, PageRequest request)
    {
        if (!AreaKey.TryParse(quadkey, out var area) || await request.Commons.FindLatestPlanAsync(request.Aborted) is not { } plan)
            return null;
        var newest = await request.Commons.ReadLatestEstimatesAsync(Resolution.Hour, request.Aborted);
        var last = newest.Where(estimate => estimate.Area == area).ToDictionary(estimate => estimate.Quantity);
        if (last.Count == 0)
            return null;
        List<Quantity> quantities = [.. last.Keys.OrderBy(known => known.Ordinal)];
        var quantity = choose(quantities);
        var until = last[quantity].End;
        var first = await request.Commons.ReadEstimatesAsync(
            new EstimateQuery(area, quantity, Resolution.Hour, DateTimeOffset.UnixEpoch, until, 1), request.Aborted);
        return new FormerArea(
            area, quantities, quantity, first[0].Start, until, request.Service<PlaceCache>().Names(plan, request.Words));
    }
}
