using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>Merges quadtree cells upward until every release area has enough enrolled households.</summary>
/// <remarks>
/// <para>Depends on the public enrolment alone. From the finest zoom upward, a cell with at least the minimum of households that are not
/// yet placed becomes a release area; the households of the other cells go to the parent. So a sparse fringe does not keep a dense centre
/// from having areas of its own: the fringe becomes the outer area around it.</para>
/// <para>If fewer than the minimum are left at the very top, the release area with the fewest households, among those that lie in no other,
/// is dissolved into the smallest cell that holds both. So a place always belongs to the finest release area around it.</para>
/// </remarks>
static class AreaMerging
{
    /// <summary>Places every cell in a release area.</summary>
    /// <param name="places">The cells with the households in them; a household may stand in several.</param>
    /// <param name="minimumOwners">How many households an area must have.</param>
    /// <returns>For each cell its release area; empty if there are too few households in all.</returns>
    public static Dictionary<Area, Area> Merge(IEnumerable<(int OwnerId, Area Place)> places, int minimumOwners)
    {
        var pending = places.GroupBy(place => place.Place)
            .ToDictionary(group => group.Key, group => new Group([group.Key], [.. group.Select(place => place.OwnerId)]));
        var areas = new SortedDictionary<Area, Group>();
        for (var zoom = pending.Keys.Select(area => area.Zoom).DefaultIfEmpty().Max(); zoom > 0; zoom--)
        {
            foreach (var (cell, group) in pending.Where(entry => entry.Key.Zoom == zoom).ToArray())
            {
                pending.Remove(cell);
                if (group.Owners.Count >= minimumOwners) areas.Add(cell, group);
                else Add(pending, cell.Parent, group);
            }
        }

        foreach (var (world, rest) in pending)
        {
            if (rest.Owners.Count >= minimumOwners) areas.Add(world, rest);
            else PlaceRest(areas, rest);
        }
        return areas.SelectMany(area => area.Value.Cells.Select(cell => (cell, area.Key)))
            .ToDictionary(pair => pair.cell, pair => pair.Key);
    }

    static void PlaceRest(SortedDictionary<Area, Group> areas, Group rest)
    {
        if (areas.Count == 0)
            return;
        var smallest = areas.Where(area => !areas.Keys.Any(outer => outer != area.Key && outer.Contains(area.Key)))
            .MinBy(area => area.Value.Owners.Count);
        areas.Remove(smallest.Key);
        var joined = smallest.Value.Cells.Concat(rest.Cells).Aggregate(AreaTree.CommonParent);
        Add(areas, joined, smallest.Value);
        Add(areas, joined, rest);
    }

    static void Add(IDictionary<Area, Group> groups, Area cell, Group group)
    {
        if (groups.TryGetValue(cell, out var present))
        {
            present.Cells.AddRange(group.Cells);
            present.Owners.UnionWith(group.Owners);
        }
        else
        {
            groups.Add(cell, new Group([.. group.Cells], [.. group.Owners]));
        }
    }

    sealed record Group(List<Area> Cells, HashSet<int> Owners);
}
