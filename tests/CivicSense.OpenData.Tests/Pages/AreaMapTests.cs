using System.Text;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class AreaMapTests
{
    [Fact]
    public void Five_hundred_areas_fit_into_a_page()
    {
        var corner = Area.FromPosition(57.15, -2.1, 14);
        var areas = Enumerable.Range(0, 500).Select(i => Area.FromPosition(57.15 + 0.012 * (i / 25), -2.1 + 0.022 * (i % 25), 14)).ToList();
        var names = AreaNames.Of(AreaTree.Build(areas));
        var values = areas.Distinct().Select((area, i) => new Estimate(
            area, Quantity.Pm25, Resolution.Hour, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), i % 60, 2, Math.Max(0, i % 60 - 4), i % 60 + 4, EstimateStatus.Live))
            .ToDictionary(estimate => estimate.Area);

        Assert.Contains(corner, values.Keys);
        Assert.True(values.Count > 400);
        Assert.InRange(Encoding.UTF8.GetByteCount(AreaMap.Draw(names, Quantity.Pm25, values, _ => false).ToString()), 1000, 25_000);
        Assert.InRange(AreaList.Choose(names.Tree, 40).Count, 2, 40);
    }

    [Fact]
    public void Areas_are_lettered_as_one_reads_and_parents_name_their_parts()
    {
        var names = AreaNames.Of(AreaTree.Build([Area.Parse("0310"), Area.Parse("0311"), Area.Parse("0332"), Area.Parse("0333"), Area.Parse("0320")]));

        Assert.Equal("Whole neighbourhood", names[Area.Parse("03")]);
        Assert.Equal("Area A (north)", names[Area.Parse("0310")]);
        Assert.Equal("Areas A and B together (north-east)", names[Area.Parse("031")]);
        Assert.Equal("Area C (west)", names[Area.Parse("0320")]);
    }

    [Fact]
    public void An_area_around_finer_ones_says_so()
    {
        var names = AreaNames.Of(AreaTree.Build([Area.Parse("031"), Area.Parse("0311"), Area.Parse("030")]));
        Assert.Contains(", with ", names[Area.Parse("031")], StringComparison.Ordinal);
    }

    [Fact]
    public void A_neighbourhood_on_the_meridian_has_a_whole_with_an_address()
    {
        var tree = AreaTree.Build([Area.FromPosition(51.48, -0.01), Area.FromPosition(51.48, 0.01)]);
        Assert.Equal("world", AreaKey.Write(tree.Nodes[0].Area));
        Assert.True(AreaKey.TryParse("world", out var whole));
        Assert.Equal(tree.Nodes[0].Area, whole);
    }
}
