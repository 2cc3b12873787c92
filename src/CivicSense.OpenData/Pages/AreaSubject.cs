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
        Preferred.FirstOrDefault(quantity => plan.Quantities.Any(planned => planned.Quantity == quantity)) ?? plan.Quantities[0].Quantity;

    /// <inheritdoc cref="PageRequest.ReadAreaAsync"/>
    public static async ValueTask<AreaSubject> ReadAsync(string quadkey, PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        if (plan is null || !AreaKey.TryParse(quadkey, out var area))
            throw Unknown(quadkey, request.Words);
        var names = request.Service<PlaceCache>().Names(plan, request.Words);
        var node = names.Tree.Nodes.FirstOrDefault(node => node.Area == area) ?? throw Unknown(quadkey, request.Words);
        return new AreaSubject(plan, names, node, ReadQuantity(plan, request));
    }

    /// <summary>The quantity that is asked for.</summary>
    /// <exception cref="ProblemException">400: it is not released.</exception>
    public static Quantity ReadQuantity(ReleasePlan plan, PageRequest request) => request.Query("quantity") is { } id
        ? plan.Quantities.Select(planned => planned.Quantity).FirstOrDefault(planned => planned.Id == id)
            ?? throw ProblemException.OfPage(StatusCodes.Status400BadRequest, request.Words.Text(
                "problem.noQuantity", ("quantity", ProblemException.Quote(id)),
                    ("known", string.Join(", ", plan.Quantities.Select(planned => planned.Quantity.Id)))), "quantity")
        : MainQuantity(plan);

    static ProblemException Unknown(string quadkey, Words words) =>
        ProblemException.OfPage(StatusCodes.Status404NotFound, words.Text("problem.noArea", ("area", ProblemException.Quote(quadkey))));
}
