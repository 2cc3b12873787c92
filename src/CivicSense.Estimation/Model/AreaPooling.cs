using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Which release areas of a plan a filter takes for its area and which for the rest of the neighbourhood, with their weights.
/// </summary>
/// <param name="Key">The filter.</param>
/// <param name="Inside">The shares of the release areas in the mean over the area's owners.</param>
/// <param name="Outside">The weights in the pooled rest.</param>
/// <param name="Spread">How far both lie from the city.</param>
sealed record Membership(FilterKey Key, double[] Inside, double[] Outside, AreaSpread Spread);

/// <summary>How the release areas of one plan are pooled for one quantity.</summary>
sealed class AreaPooling
{
    readonly double[] noise;

    public AreaPooling(PlanContext context, int quantity)
    {
        var plan = context.Plan;
        var planned = plan.Quantities[quantity];
        Context = context;
        var parameters = ProcessParameters.Of(planned.Quantity);
        Spreads = Array.ConvertAll(context.Owners, owners => Spread.Of(parameters, owners.Mean));
        noise = Array.ConvertAll(context.Owners, owners => Math.Pow(plan.Sigma / (planned.Weight * owners.Mean), 2));
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
    public Membership Bystander(FilterKey key, AreaSpread spread) => new(
        key, new double[Spreads.Length], Pool.CityWeights(noise, Spreads, area => !key.Area.Contains(Context.Plan.Areas[area].Area)), spread);

    Membership Member(FilterKey key, IReadOnlyCollection<int> parts)
    {
        var inside = new double[Spreads.Length];
        var total = parts.Sum(part => Context.Owners[part].Mean);
        foreach (var part in parts)
            inside[part] = Context.Owners[part].Mean / total;
        var outside = Pool.CityWeights(noise, Spreads, area => inside[area] == 0);
        return new Membership(key, inside, outside, new AreaSpread(Spread.OfMean(Spreads, inside), Spread.OfMean(Spreads, outside)));
    }
}
