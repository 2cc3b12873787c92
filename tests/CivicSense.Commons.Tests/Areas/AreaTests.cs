using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Commons.Tests.Areas;

public sealed class AreaTests
{
    static readonly Arbitrary<Area> AnyArea =
        Gen.Elements("0123".ToCharArray())
            .ArrayOf().Where(digits => digits.Length <= Area.MaximumZoom).Select(d => Area.Parse(new string(d))).ToArbitrary();

    [Fact]
    public void Quadkey_of_a_tile_interleaves_row_and_column()
    {
        // Bing Maps Tile System, "Tile Coordinates and Quadkeys": tile (3, 5) at level 3 is 213.
        var area = Area.Parse("213");
        Assert.Equal((3, 5), area.Tile);
        Assert.Equal(3, area.Zoom);
    }

    [Theory]
    // The examples of the mercantile library's documentation, and tile 18/232798/103246, the usual one for Shibuya.
    [InlineData(53.2, -9.0, 10, "0313102310", 486, 332)]
    [InlineData(40.1222, 20.6852, 9, "122011103", 285, 193)]
    [InlineData(40.0, -105.0, 1, "0", 0, 0)]
    [InlineData(35.6590699, 139.7006793, 18, "133002112303013330", 232798, 103246)]
    public void Position_lies_in_the_published_tile(double latitude, double longitude, int zoom, string quadKey, int column, int row)
    {
        var area = Area.FromPosition(latitude, longitude, zoom);
        Assert.Equal(quadKey, area.QuadKey);
        Assert.Equal((column, row), area.Tile);
    }

    [Fact]
    public void Bounds_are_those_of_the_published_tile()
    {
        // mercantile.bounds(486, 332, 10)
        var bounds = Area.Parse("0313102310").Bounds;
        Assert.Equal(-9.140625, bounds.West, precision: 10);
        Assert.Equal(53.12040528310657, bounds.South, precision: 10);
        Assert.Equal(-8.7890625, bounds.East, precision: 10);
        Assert.Equal(53.33087298301705, bounds.North, precision: 10);
    }

    [Fact]
    public void World_is_the_square_of_the_mercator_projection()
    {
        // OGC Two Dimensional Tile Matrix Set 2.0, WebMercatorQuad, matrix 0.
        Assert.Equal(new Area(), Area.Parse(""));
        var bounds = default(Area).Bounds;
        Assert.Equal((-180, 180), (bounds.West, bounds.East));
        Assert.Equal(85.0511287798, bounds.North, precision: 9);
        Assert.Equal(-85.0511287798, bounds.South, precision: 9);
        Assert.Equal(default, default(Area).Parent);
    }

    [Theory]
    [InlineData(90, 0, "1")]
    [InlineData(-90, 0, "3")]
    [InlineData(90, -180, "0")]
    [InlineData(-90, 180, "3")]
    [InlineData(0, 0, "3")]
    [InlineData(0, -180, "2")]
    public void Poles_and_the_date_line_fall_into_the_outermost_cells(double latitude, double longitude, string quadKey)
    {
        Assert.Equal(quadKey, Area.FromPosition(latitude, longitude, 1).QuadKey);
        Assert.StartsWith(quadKey, Area.FromPosition(latitude, longitude, Area.MaximumZoom).QuadKey, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90.001, 0, 14)]
    [InlineData(-90.001, 0, 14)]
    [InlineData(0, 180.001, 14)]
    [InlineData(0, -180.001, 14)]
    [InlineData(double.NaN, 0, 14)]
    [InlineData(0, double.NaN, 14)]
    [InlineData(0, double.PositiveInfinity, 14)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 24)]
    public void Position_or_zoom_beyond_its_range_is_refused(double latitude, double longitude, int zoom) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Area.FromPosition(latitude, longitude, zoom));

    [Theory]
    [InlineData("4")]
    [InlineData("-1")]
    [InlineData("01 ")]
    [InlineData("0x1")]
    [InlineData("٠١")]
    [InlineData("012301230123012301230123")]
    public void Text_that_is_no_quadkey_is_refused(string text)
    {
        Assert.False(Area.TryParse(text, out var area));
        Assert.Equal(default, area);
        Assert.Contains(text, Assert.Throws<FormatException>(() => Area.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_refused() => Assert.False(Area.TryParse(null, out _));

    [Fact]
    public void Middle_of_a_cell_lies_in_it() => Prop.ForAll(AnyArea, area =>
    {
        var bounds = area.Bounds;
        return Area.FromPosition((bounds.North + bounds.South) / 2, (bounds.West + bounds.East) / 2, area.Zoom) == area;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parent_contains_its_child_one_zoom_up() => Prop.ForAll(AnyArea, area =>
        area.Zoom == 0 || (area.Parent.Zoom == area.Zoom - 1 && area.Parent.Contains(area) && !area.Contains(area.Parent)
            && area.AtZoom(area.Zoom - 1) == area.Parent && area.AtZoom(area.Zoom) == area && area.AtZoom(0) == default))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Order_and_equality_are_those_of_the_quadkey() => Prop.ForAll(AnyArea, AnyArea, (a, b) =>
        Math.Sign(a.CompareTo(b)) == Math.Sign(string.CompareOrdinal(a.QuadKey, b.QuadKey)) && (a == b) == (a.QuadKey == b.QuadKey)
            && (a != b || a.GetHashCode() == b.GetHashCode()) && (a < b) == !(a >= b) && (a > b) == !(a <= b))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Finer_zoom_than_the_cell_has_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Area.Parse("01").AtZoom(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Area.Parse("01").AtZoom(-1));
    }
}
