namespace CivicSense.Commons;

/// <summary>Names of areas that mean something to a resident, from their position in the neighbourhood: "Area B (north-east)".</summary>
/// <remarks>Deterministic: release areas get letters row by row from the north-west, as one reads.</remarks>
public sealed class AreaNames
{
    const int LettersListed = 4;

    readonly Dictionary<Area, string> names = [];
    readonly Dictionary<Area, string> letters = [];

    AreaNames(AreaTree tree)
    {
        Tree = tree;
        if (tree.Nodes.Length == 0) return;
        var lettered = tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area)
            .OrderBy(area => Centre(area).Y).ThenBy(area => Centre(area).X).ThenBy(area => area).ToList();
        for (var i = 0; i < lettered.Count; i++)
            letters[lettered[i]] = Letter(i);

        var frame = MapFrame.Around(lettered);
        foreach (var node in tree.Nodes)
            names[node.Area] = Name(node, frame);
    }

    /// <summary>The areas that have names.</summary>
    public AreaTree Tree { get; }

    /// <summary>The name of an area; of one that is not in the tree its quadkey.</summary>
    public string this[Area area] => names.TryGetValue(area, out var name) ? name : $"Area {(area.Zoom == 0 ? "world" : area.QuadKey)}";

    /// <summary>Names the areas of a plan and their common parents.</summary>
    public static AreaNames Of(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(AreaTree.Build(plan.Areas.Select(planned => planned.Area)));
    }

    /// <summary>Names the areas of a tree.</summary>
    public static AreaNames Of(AreaTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return new(tree);
    }

    /// <summary>The letter of a release area, for where there is little room.</summary>
    public string LetterOf(Area area) => letters.GetValueOrDefault(area, "");

    string Name(AreaNode node, MapFrame frame)
    {
        if (node.Parent is null) return "Whole neighbourhood";
        var direction = frame.Direction(Centre(node.Area));
        var inside = node.ReleaseAreas.Where(area => area != node.Area)
            .Select(area => letters[area]).Order(StringComparer.Ordinal).ToList();
        if (!node.IsReleaseArea) return $"Areas {Join(inside)} together ({direction})";
        return inside.Count == 0
            ? $"Area {letters[node.Area]} ({direction})"
            : $"Area {letters[node.Area]} ({direction}, with {Join(inside)})";
    }

    static string Join(List<string> items) => items.Count switch
    {
        1 => items[0],
        <= LettersListed => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
        _ => $"{string.Join(", ", items.Take(LettersListed - 1))} and {items.Count - LettersListed + 1} more",
    };

    static string Letter(int index) => index < 26 ? ((char)('A' + index)).ToString() : Letter(index / 26 - 1) + Letter(index % 26);

    static (double X, double Y) Centre(Area area)
    {
        var (column, row) = area.Tile;
        var size = Math.Pow(2, area.Zoom);
        return ((column + 0.5) / size, (row + 0.5) / size);
    }
}
