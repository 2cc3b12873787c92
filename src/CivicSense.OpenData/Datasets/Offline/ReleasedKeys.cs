namespace CivicSense.OpenData;

/// <summary>The areas and quantities that plans made estimates of, in order.</summary>
sealed class ReleasedKeys
{
    readonly SortedSet<Area> areas = [];
    readonly SortedDictionary<int, Quantity> quantities = [];

    IReadOnlyList<Area> built = [];

    /// <summary>Release areas and those that contain them.</summary>
    public IReadOnlyCollection<Area> Areas => areas;

    public IReadOnlyCollection<Quantity> Quantities => quantities.Values;

    public void Add(ReleasePlan plan)
    {
        foreach (var planned in plan.Quantities)
            quantities[planned.Quantity.Ordinal] = planned.Quantity;
        IReadOnlyList<Area> released = [.. plan.Areas.Select(planned => planned.Area)];
        // Enrolments change seldom, and a tree of many areas takes its time.
        if (released.SequenceEqual(built))
            return;
        built = released;
        areas.UnionWith(AreaTree.Build(released).Nodes.Select(node => node.Area));
    }
}
