namespace CivicSense.OpenData;

/// <summary>Chooses which areas of a large tree to list: from the top, as fine as a page has room for.</summary>
static class AreaList
{
    /// <summary>The topmost area and below it the finest level of areas of which there are at most <paramref name="most"/>.</summary>
    public static IReadOnlyList<AreaNode> Choose(AreaTree tree, int most)
    {
        if (tree.Nodes.Length <= most) return InOrder(tree.Nodes);
        var children = tree.Nodes.ToLookup(node => node.Parent);
        var chosen = new List<AreaNode> { tree.Nodes[0] };
        var level = children[tree.Nodes[0].Area].ToList();
        while (true)
        {
            var finer = level.SelectMany(node => children[node.Area].Any() ? children[node.Area] : [node]).ToList();
            if (finer.Count >= most || finer.SequenceEqual(level)) break;
            level = finer;
        }
        return InOrder([.. chosen, .. level.Take(most - 1)]);
    }

    /// <summary>The areas directly inside one.</summary>
    public static IReadOnlyList<AreaNode> Inside(AreaTree tree, Area area) => [.. tree.Nodes.Where(node => node.Parent == area)];

    static IReadOnlyList<AreaNode> InOrder(IReadOnlyList<AreaNode> nodes) =>
        [.. nodes.OrderBy(node => node.Parent is null ? 0 : node.IsReleaseArea ? 2 : 1)
            .ThenBy(node => MapFrame.Of(node.Area) is var box ? box.Top + box.Bottom : 0)
            .ThenBy(node => MapFrame.Of(node.Area).Left)];
}
