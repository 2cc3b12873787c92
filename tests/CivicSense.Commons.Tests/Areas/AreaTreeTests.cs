using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Commons.Tests.Areas;

public sealed class AreaTreeTests
{
    /// <summary>Up to twelve cells of zoom 0 to 6, near enough to each other to nest and to meet.</summary>
    static readonly Arbitrary<Area[]> AnyAreas = (
        from count in Gen.Choose(0, 12)
        from areas in (from zoom in Gen.Choose(0, 6) from digits in Gen.Elements('0', '1', '3')
            .ArrayOf(zoom) select Area.Parse(new string(digits)))
            .ArrayOf(count)
        select areas).ToArbitrary();

    [Fact]
    public void Two_branches_get_the_cell_where_they_meet()
    {
        var tree = AreaTree.Build([Area.Parse("0313"), Area.Parse("03101"), Area.Parse("03102")]);
        Assert.Equal(["031", "0310", "03101", "03102", "0313"], tree.Nodes.Select(node => node.Area.QuadKey));
        Assert.Equal([null, "031", "0310", "0310", "031"], tree.Nodes.Select(node => node.Parent?.QuadKey));
        Assert.Equal([false, false, true, true, true], tree.Nodes.Select(node => node.IsReleaseArea));
        Assert.Equal([3, 2, 1, 1, 1], tree.Nodes.Select(node => node.ReleaseAreas.Length));
    }

    [Fact]
    public void Release_area_around_another_is_its_parent_and_speaks_for_both()
    {
        var tree = AreaTree.Build([Area.Parse("0310"), Area.Parse("03102")]);
        Assert.Equal(["0310", "03102"], tree.Nodes.Select(node => node.Area.QuadKey));
        Assert.Equal(Area.Parse("0310"), tree.Nodes[1].Parent);
        Assert.Equal(tree.Nodes.Select(node => node.Area), tree.Nodes[0].ReleaseAreas);
    }

    [Fact]
    public void No_area_no_tree_and_one_area_one_node()
    {
        Assert.Empty(AreaTree.Build([]).Nodes);
        Assert.Equal(new AreaNode(default, null, true, [default]).Area, Assert.Single(AreaTree.Build([default(Area)]).Nodes).Area);
    }

    [Fact]
    public void Nodes_are_the_release_areas_and_the_cells_where_at_least_two_branches_meet() => Prop.ForAll(AnyAreas, areas =>
    {
        var nodes = AreaTree.Build(areas).Nodes;
        var release = areas.ToHashSet();
        var meeting = from a in areas from b in areas select AreaTree.CommonParent(a, b);
        return nodes.Select(node => node.Area).ToHashSet().SetEquals(meeting.Concat(release))
            && nodes.All(node => node.IsReleaseArea == release.Contains(node.Area));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nodes_stand_in_order_each_once_with_parents_first_and_one_top() => Prop.ForAll(AnyAreas, areas =>
    {
        var nodes = AreaTree.Build(areas).Nodes;
        var seen = new HashSet<Area>();
        return nodes.All(node => (node.Parent is null ? seen.Count == 0 : seen.Contains(node.Parent.Value)) & seen.Add(node.Area))
            && nodes.Zip(nodes.Skip(1)).All(pair => pair.First.Area < pair.Second.Area);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parent_is_the_nearest_node_around_and_release_areas_are_all_those_inside() => Prop.ForAll(AnyAreas, areas =>
    {
        var nodes = AreaTree.Build(areas).Nodes;
        return nodes.All(node =>
            node.Parent == nodes.Select(other => other.Area).Where(other => other != node.Area && other.Contains(node.Area))
                .OrderByDescending(other => other.Zoom).Select(other => (Area?)other).FirstOrDefault()
            && node.ReleaseAreas.SequenceEqual(areas.Distinct().Where(node.Area.Contains).Order()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_of_the_release_areas_does_not_matter() => Prop.ForAll(AnyAreas, areas =>
        AreaTree.Build(areas).Nodes.Select(node => (node.Area, node.Parent))
            .SequenceEqual(AreaTree.Build(areas.Reverse().Concat(areas)).Nodes.Select(node => (node.Area, node.Parent))))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Common_parent_contains_both_and_none_of_its_children_does() => Prop.ForAll(AnyAreas, areas =>
        areas.Zip(areas.Skip(1)).All(pair =>
        {
            var common = AreaTree.CommonParent(pair.First, pair.Second);
            return common.Contains(pair.First) && common.Contains(pair.Second)
                && "0123".All(digit =>
                    Area.Parse(common.QuadKey + digit) is var child && !(child.Contains(pair.First) && child.Contains(pair.Second)));
        })).QuickCheckThrowOnFailure();
}
