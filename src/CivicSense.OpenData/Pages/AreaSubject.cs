using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>What a page of one area is about.</summary>
/// <param name="Plan">The newest plan.</param>
/// <param name="Names">The areas of the plan.</param>
/// <param name="Node">The area.</param>
/// <param name="Quantity">The quantity that is asked for, or the one that is looked for first.</param>
sealed record AreaSubject(ReleasePlan Plan, AreaLabels Names, AreaNode Node, Quantity Quantity)
{
    /// <summary>What a resident looks for first, in this order.</summary>
    public static readonly Quantity[] Preferred = [Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.No2, Quantity.O3];

    public Area Area => Node.Area;

    public string Name => Names[Node];

    /// <summary>The quantity that map, chart and pages begin with.</summary>
    public static Quantity MainQuantity(ReleasePlan plan) =>
        Main([.. plan.Quantities.Select(planned => planned.Quantity)]);

    static Quantity Main(IReadOnlyList<Quantity> known) => Preferred.FirstOrDefault(known.Contains) ?? known[0];

    /// <summary>Reads what an area's page is about; null where the newest plan has no such area.</summary>
    /// <exception cref="ProblemException">400: no such quantity is released.</exception>
    public static async ValueTask<AreaSubject?> FindAsync(string quadkey, PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        if (plan is null || !AreaKey.TryParse(quadkey, out var area))
            return null;
        var names = request.Service<PlaceCache>().Names(plan, request.Words);
        return names.Tree.Nodes.FirstOrDefault(node => node.Area == area) is { } node
            ? new AreaSubject(plan, names, node, ReadQuantity(plan, request))
            : null;
    }

    /// <summary>The quantity that is asked for, or the one that is looked for first.</summary>
    /// <exception cref="ProblemException">400: it is not released.</exception>
    public static Quantity ReadQuantity(ReleasePlan plan, PageRequest request) =>
        ReadQuantity([.. plan.Quantities.Select(planned => planned.Quantity)], request);

    /// <summary>The same where there are other quantities than a plan's.</summary>
    /// <exception cref="ProblemException">400: it is not among them.</exception>
    public static Quantity ReadQuantity(IReadOnlyList<Quantity> known, PageRequest request) => request.Query("quantity") is { } id
        ? known.FirstOrDefault(quantity => quantity.Id == id)
            ?? throw ProblemException.OfPage(StatusCodes.Status400BadRequest, request.Words.Text(
                "problem.noQuantity", ("quantity", ProblemException.Quote(id)),
                ("known", string.Join(", ", known.Select(quantity => quantity.Id)))),
                "quantity")
        : Main(known);

    /// <summary>What is said of an area that there has never been.</summary>
    public static ProblemException Unknown(string quadkey, Words words) =>
        ProblemException.OfPage(StatusCodes.Status404NotFound, words.Text("problem.noArea", ("area", ProblemException.Quote(quadkey))));
}
