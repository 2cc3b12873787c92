namespace CivicSense.OpenData;

/// <summary>
/// Names of areas in the language of a page: <c>Area B (north-east)</c>. The letters are those of <see cref="AreaNames"/>.
/// </summary>
sealed class AreaLabels
{
    const int LettersListed = 4;

    readonly AreaNames names;
    readonly Words words;
    readonly MapFrame frame;

    public AreaLabels(AreaNames names, Words words)
    {
        (this.names, this.words) = (names, words);
        frame = MapFrame.Around(names.Tree.Nodes.Where(node => node.IsReleaseArea).Select(node => node.Area));
    }

    public AreaTree Tree => names.Tree;

    /// <summary>The name of an area of the tree.</summary>
    public string this[Area area] => Tree.Nodes.FirstOrDefault(node => node.Area == area) is { } node ? this[node] : AreaKey.Write(area);

    /// <summary>The name of an area.</summary>
    public string this[AreaNode node]
    {
        get
        {
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
