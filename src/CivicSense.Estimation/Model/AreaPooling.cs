using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Which release areas of a plan a filter takes for its area and which for the areas around it, with their weights.
/// </summary>
/// <param name="Key">The filter.</param>
/// <param name="Inside">The shares of the release areas in the mean over the area's owners.</param>
/// <param name="Outside">The shares in the pooled surroundings.</param>
/// <param name="Spread">How far both lie from the city.</param>
sealed record Membership(FilterKey Key, Share[] Inside, Share[] Outside, AreaSpread Spread);

/// <summary>How the release areas of one plan are pooled for one quantity.</summary>
sealed class AreaPooling
{
    readonly ModelParameters parameters;
    readonly double[] precision;
    readonly Surroundings surroundings;

    public AreaPooling(PlanContext context, int quantity, ModelParameters parameters)
    {
        var plan = context.Plan;
        var planned = plan.Quantities[quantity];
        (Context, this.parameters) = (context, parameters);
        Spreads = [.. plan.Areas.Zip(context.Owners, (planned, owners) => Spread.Of(parameters, planned.Area, owners.Value))];
        precision = new double[Spreads.Length];
        for (var area = 0; area < precision.Length; area++)
            precision[area] = 1 / (Math.Pow(plan.Sigma / (planned.Weight * context.Owners[area].Value), 2) + Spreads[area].Total);
        surroundings = new Surroundings(plan.Areas.Select(area => area.Area));
        for (var area = 0; area < plan.Areas.Length; area++)
            Memberships.Add(Member(new FilterKey(plan.Areas[area].Area, IsJoint: false), [area]));
        foreach (var node in context.Nodes.Where(node => node.Key.IsJoint))
            Memberships.Add(Member(node.Key, node.Parts));
    }

    public PlanContext Context { get; }

    /// <summary>How far each release area lies from the city.</summary>
    public Spread[] Spreads { get; }

    /// <summary>The filters of the plan: first one for each release area, in the plan's order, then the parents.</summary>
    public List<Membership> Memberships { get; } = [];

    /// <summary>The membership of a filter that is not of this plan: nothing is inside it any more, it only learns from the rest.</summary>
    public Membership Bystander(FilterKey key)
    {
        var outside = surroundings.Of(key.Area, precision, area => !key.Area.Contains(Context.Plan.Areas[area].Area));
        // How many owners it would have does not matter much: its place does.
        var own = Spread.Of(parameters, key.Area, Context.Owners[0].Value);
        return new Membership(key, [], outside, new AreaSpread(own, Spread.OfMean(Spreads, outside)));
    }

    Membership Member(FilterKey key, IReadOnlyCollection<int> parts)
    {
        var total = parts.Sum(part => Context.Owners[part].Value);
        Share[] inside = [.. parts.Select(part => new Share(part, Context.Owners[part].Value / total))];
        var own = parts.Count == 1 ? null : parts.ToHashSet();
        var only = parts.First();
        var outside = surroundings.Of(key.Area, precision, area => own is null ? area != only : !own.Contains(area));
        return new Membership(key, inside, outside, new AreaSpread(Spread.OfMean(Spreads, inside), Spread.OfMean(Spreads, outside)));
    }
}
