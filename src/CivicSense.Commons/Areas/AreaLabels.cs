namespace CivicSense.Commons;

/// <summary>
/// Names of areas in a language: <c>Area B (north-east)</c>. The letters are those of <see cref="AreaNames"/>.
/// </summary>
public sealed class AreaLabels
{
    const int LettersListed = 4;

    readonly AreaNames names;
    readonly Language words;
    readonly MapFrame frame;

    /// <param name="names">The areas, and their letters.</param>
    /// <param name="language">The language.</param>
    public AreaLabels(AreaNames names, Language language)
    {
        ArgumentNullException.ThrowIfNull(names);
        (this.names, words) = (names, language);
        frame = MapFrame.Around(names.Tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area));
    }

    /// <summary>The areas that have names.</summary>
    public AreaTree Tree => names.Tree;

    /// <summary>The name of an area; of one that is not in the tree its quadkey.</summary>
    public string this[Area area] =>
        Tree.Nodes.FirstOrDefault(node => node.Area == area) is { } node ? this[node] : area.Zoom == 0 ? "world" : area.QuadKey;

    /// <summary>The name of an area.</summary>
    public string this[AreaNode node]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(node);
            if (node.Parent is null) return words["area.whole"];
            var direction = words[$"direction.{frame.Direction(Centre(node.Area))}"];
            var inside = node.ReleaseAreas.Where(area => area != node.Area).Select(names.LetterOf).Order(StringComparer.Ordinal).ToList();
            return !node.IsReleaseArea ? words.Text("area.together", ("letters", Join(inside)), ("direction", direction))
                : inside.Count == 0 ? words.Text("area.one", ("letter", names.LetterOf(node.Area)), ("direction", direction))
                : words.Text("area.around", ("letter", names.LetterOf(node.Area)), ("direction", direction), ("letters", Join(inside)));
        }
    }

    /// <summary>The letter of a release area, for where there is little room.</summary>
    public string LetterOf(Area area) => names.LetterOf(area);

    string Join(List<string> letters) => letters.Count switch
    {
        1 => letters[0],
        <= LettersListed => words.Text("area.and", ("first", string.Join(", ", letters.SkipLast(1))), ("last", letters[^1])),
        _ => words.Text("area.more", ("first", string.Join(", ", letters.Take(LettersListed - 1))),
            ("count", letters.Count - LettersListed + 1)),
    };

    static (double X, double Y) Centre(Area area) => MapFrame.Of(area) is var box
        ? ((box.Left + box.Right) / 2, (box.Top + box.Bottom) / 2)
        : default;
}
