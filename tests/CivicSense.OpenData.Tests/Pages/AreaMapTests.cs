using System.Globalization;
using System.Text;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class AreaMapTests
{
    [Fact]
    public async Task Five_hundred_areas_fit_into_a_page()
    {
        var commons = FakeCommons.Crowded();
        await using var node = await PublicNode.StartAsync(commons);
        var page = await node.Client.GetStringAsync("/areas");

        Assert.True(commons.Tree.Nodes.Length > 400);
        var drawing = page[page.IndexOf("<svg class=\"map\"", StringComparison.Ordinal)..];
        Assert.InRange(Encoding.UTF8.GetByteCount(drawing[..drawing.IndexOf("</svg>", StringComparison.Ordinal)]), 1000, 25_000);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 10_000, 50_000);
        Assert.InRange(AreaList.Choose(commons.Tree, 40).Count, 2, 40);
    }

    [Fact]
    public async Task An_area_that_is_too_uncertain_has_stripes_and_no_number()
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync("/");

        // Of the example, the third node of the tree is too uncertain.
        Assert.Matches("<title>Area B[^<]*too uncertain for one hour</title><rect class=\"cell\" fill=\"url\\(#stripes-\\d\\)\"", page);
        Assert.Matches("<pattern id=\"stripes-\\d\"", page);
    }

    [Fact]
    public void Colours_of_a_scale_are_told_apart_by_their_lightness()
    {
        // WCAG 2.2, relative luminance: each step is darker than the one before by a contrast that is seen without colours.
        var lightness = ColourScale.Colours.Select(Luminance).ToList();
        Assert.All(lightness.Zip(lightness.Skip(1)), pair => Assert.InRange((pair.First + 0.05) / (pair.Second + 0.05), 1.2, 21));
        Assert.All(Quantity.All, quantity => Assert.Equal(ColourScale.Colours.Length - 1, ColourScale.Breaks(quantity).Length));
        Assert.All(Quantity.All, quantity => Assert.Equal(ColourScale.Breaks(quantity).Order(), ColourScale.Breaks(quantity)));
    }

    static double Luminance(string colour)
    {
        return 0.2126 * Part(1) + 0.7152 * Part(3) + 0.0722 * Part(5);

        double Part(int at)
        {
            var part = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }
    }

    [Fact]
    public void Areas_are_lettered_as_one_reads_and_parents_name_their_parts()
    {
        var names = AreaNames.Of(
            AreaTree.Build([Area.Parse("0310"), Area.Parse("0311"), Area.Parse("0332"), Area.Parse("0333"), Area.Parse("0320")]));

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
