namespace CivicSense.OpenData;

/// <summary>Names of areas that mean something to a resident, from their position in the neighbourhood: "Area B (north-east)".</summary>
/// <remarks>Deterministic: release areas get letters row by row from the north-west, as one reads.</remarks>
sealed class AreaNames
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

    public AreaTree Tree { get; }

    /// <summary>The name of an area; of an unknown one its quadkey.</summary>
    public string this[Area area] => names.TryGetValue(area, out var name) ? name : $"Area {AreaKey.Write(area)}";

    public static AreaNames Of(ReleasePlan plan) => new(AreaTree.Build(plan.Areas.Select(planned => planned.Area)));

    public static AreaNames Of(AreaTree tree) => new(tree);

    /// <summary>The letter of a release area, for where there is little room.</summary>
    public string LetterOf(Area area) => letters.GetValueOrDefault(area, "");

    string Name(AreaNode node, MapFrame frame)
    {
        if (node.Parent is null) return "Whole neighbourhood";
        var direction = frame.Direction(Centre(node.Area));
        var inside = node.ReleaseAreas.Where(area => area != node.Area).Select(area => letters[area]).Order(StringComparer.Ordinal).ToList();
        if (!node.IsReleaseArea) return $"Areas {Join(inside)} together ({direction})";
        return inside.Count == 0 ? $"Area {letters[node.Area]} ({direction})" : $"Area {letters[node.Area]} ({direction}, with {Join(inside)})";
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

/// <summary>The box around a set of areas on the Web Mercator square: x grows to the east and y to the south, both from 0 to 1.</summary>
readonly record struct MapFrame(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public static MapFrame Around(IEnumerable<Area> areas)
    {
        var frame = new MapFrame(1, 1, 0, 0);
        foreach (var area in areas)
        {
            var box = Of(area);
            frame = new MapFrame(Math.Min(frame.Left, box.Left), Math.Min(frame.Top, box.Top), Math.Max(frame.Right, box.Right), Math.Max(frame.Bottom, box.Bottom));
        }
        return frame;
    }

    public static MapFrame Of(Area area)
    {
        var (column, row) = area.Tile;
        var size = Math.Pow(2, area.Zoom);
        return new MapFrame(column / size, row / size, (column + 1) / size, (row + 1) / size);
    }

    /// <summary>Where a point lies in the box, in words.</summary>
    public string Direction((double X, double Y) point)
    {
        const double Middle = 0.2;
        var east = Width > 0 ? (point.X - Left) / Width - 0.5 : 0;
        var south = Height > 0 ? (point.Y - Top) / Height - 0.5 : 0;
        var vertical = south < -Middle ? "north" : south > Middle ? "south" : "";
        var horizontal = east < -Middle ? "west" : east > Middle ? "east" : "";
        return (vertical, horizontal) switch
        {
            ("", "") => "centre",
            ("", _) => horizontal,
            (_, "") => vertical,
            _ => $"{vertical}-{horizontal}",
        };
    }
}
