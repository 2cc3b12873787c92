using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests;

public sealed class SurroundingsTests
{
    static readonly Gen<Area> Cells =
        from zoom in Gen.Choose(1, 8)
        from digits in Gen.Elements("0123".ToCharArray()).ArrayOf(zoom)
        select Area.Parse(new string(digits));

    [Fact]
    public void Shares_sum_to_one_and_are_at_most_32_of_the_chosen() => Prop.ForAll(
        (from areas in Cells.NonEmptyListOf()
         from cell in Cells
         from odd in Gen.Elements(true, false)
         select (Areas: areas.Distinct().Order().ToArray(), Cell: cell, Odd: odd)).ToArbitrary(),
        given =>
        {
            bool Chosen(int area) => !given.Odd || area % 2 == 1;
            var precision = Enumerable.Range(1, given.Areas.Length).Select(number => 1.0 / number).ToArray();
            var shares = new Surroundings(given.Areas).Of(given.Cell, precision, Chosen);
            Assert.Equal(Math.Min(32, Enumerable.Range(0, given.Areas.Length).Count(Chosen)), shares.Length);
            Assert.All(shares, share => Assert.True(Chosen(share.Area) && share.Weight is >= 0 and <= 1));
            Assert.Equal(shares.Length, shares.DistinctBy(share => share.Area).Count());
            if (shares.Length > 0)
                Assert.Equal(1, shares.Sum(share => share.Weight), 12);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_nearest_32_of_a_large_city_are_taken_nearest_first()
    {
        // A square of 16 by 16 cells about 2.4 km wide at the equator.
        var areas = Grid(column: 8192, row: 8192, size: 16);
        var cell = areas[100];
        var shares = new Surroundings(areas).Of(cell, Same(areas), area => areas[area] != cell);
        var taken = shares.Select(share => Steps(cell, areas[share.Area])).ToArray();
        Assert.Equal(32, taken.Length);
        Assert.Equal(taken.Order(), taken);
        var left = areas.Where((area, number) => area != cell && shares.All(share => share.Area != number)).Min(area => Steps(cell, area));
        Assert.True(taken[^1] <= left);
    }

    [Fact]
    public void A_nearer_area_counts_more_and_one_15_kilometres_farther_e_times_less()
    {
        // On the equator a cell of zoom 14 is 40,075 km / 2^14 wide: 2.446 km.
        var areas = Row(row: 8192, columns: [8192, 8193, 8199]);
        var shares = new Surroundings(areas).Of(areas[0], Same(areas), area => area > 0);
        Assert.Equal([1, 2], shares.Select(share => share.Area));
        Assert.Equal(Math.Exp(6 * 2.446 / 15), shares[0].Weight / shares[1].Weight, 2);
    }

    [Fact]
    public void A_degree_of_longitude_is_shorter_far_from_the_equator()
    {
        double Ratio(int row)
        {
            var areas = Row(row, columns: [8192, 8193, 8199]);
            var shares = new Surroundings(areas).Of(areas[0], Same(areas), area => area > 0);
            return shares[0].Weight / shares[1].Weight;
        }
        var (column, north) = Area.FromPosition(60, 0.01).Tile;
        Assert.Equal(8192, column);
        Assert.Equal(0.5 * Math.Log(Ratio(8192)), Math.Log(Ratio(north)), 2);
    }

    [Fact]
    public void A_precise_area_counts_more_than_a_noisy_one_as_near()
    {
        var areas = Row(row: 8192, columns: [8191, 8192, 8193]);
        var shares = new Surroundings(areas).Of(areas[1], [1, 1, 3], area => area != 1);
        Assert.Equal([0.25, 0.75], shares.OrderBy(share => share.Area).Select(share => Math.Round(share.Weight, 12)));
    }

    [Fact]
    public void A_neighbour_across_the_edge_of_a_large_tile_is_as_near_as_one_inside()
    {
        // The cells left and right of the meridian of Greenwich share no tile but the world.
        var areas = Row(row: 5000, columns: [8190, 8191, 8192, 8193]);
        var shares = new Surroundings(areas).Of(areas[2], Same(areas), area => area != 2);
        double Weight(int area) => shares.Single(share => share.Area == area).Weight;
        Assert.Equal(Weight(3), Weight(1), 12);
        Assert.True(Weight(1) > Weight(0));
    }

    [Fact]
    public void East_and_west_of_the_date_line_are_neighbours()
    {
        var areas = Row(row: 8192, columns: [0, 30, 16383]);
        var shares = new Surroundings(areas).Of(areas[0], Same(areas), area => area > 0);
        Assert.Equal([2, 1], shares.Select(share => share.Area));
    }

    [Fact]
    public void A_single_area_has_no_surroundings()
    {
        var area = Area.Parse("0310");
        Assert.Empty(new Surroundings([area]).Of(area, [1], _ => false));
        Assert.Empty(new Surroundings([]).Of(area, [], _ => true));
    }

    [Fact]
    public void The_whole_world_and_the_corners_of_the_map_have_surroundings()
    {
        Area[] areas = [Area.Parse("00000000000000"), Area.Parse("11111111111111"), Area.Parse("22222222222222"),
            Area.Parse("33333333333333")];
        Assert.Equal(4, new Surroundings(areas).Of(Area.Parse(""), Same(areas), _ => true).Length);
        foreach (var corner in areas)
            Assert.Equal(1, new Surroundings(areas).Of(corner, Same(areas), area => areas[area] != corner).Sum(share => share.Weight), 12);
    }

    static Area[] Row(int row, int[] columns) => [.. columns.Select(column => Cell(column, row)).Order()];

    static Area[] Grid(int column, int row, int size) =>
        [.. Enumerable.Range(0, size * size).Select(number => Cell(column + number % size, row + number / size)).Order()];

    static Area Cell(int column, int row) => Area.Parse(string.Concat(
        Enumerable.Range(0, 14).Select(digit => ((column >> (13 - digit)) & 1) + 2 * ((row >> (13 - digit)) & 1))));

    static double[] Same(Area[] areas) => Array.ConvertAll(areas, _ => 1.0);

    static double Steps(Area left, Area right) => Math.Round(Math.Sqrt(
        Math.Pow(left.Tile.Column - right.Tile.Column, 2) + Math.Pow(left.Tile.Row - right.Tile.Row, 2)), 9);
}
