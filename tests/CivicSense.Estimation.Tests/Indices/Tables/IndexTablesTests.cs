using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Estimation.Tests.Indices.Tables;

/// <summary>The tables row by row against those of OpenAQ's aqi-hub, collected independently.</summary>
public sealed class IndexTablesTests
{
    static readonly Dictionary<string, Quantity> Pollutants = new()
    {
        ["PM2.5"] = Quantity.Pm25, ["PM10"] = Quantity.Pm10, ["NO2"] = Quantity.No2, ["O3"] = Quantity.O3,
    };

    [Theory]
    [InlineData("eu-before-2024", "eu.csv", "old", 24)]
    [InlineData("eu-2024", "eu.csv", "new", 24)]
    [InlineData("us-2024", "us.csv", "", 12)]
    public void Table_agrees_with_the_independent_one(string id, string file, string variant, int rows)
    {
        Assert.True(IndexTables.TryFind(id, out var table));
        var compared = 0;
        foreach (var row in OracleRows(file, variant).Where(row => IsCovered(table, row)))
        {
            var scale = table.ScaleOf(Pollutants[row.Pollutant])!;
            var band = IndexOfBand(table, row.Category);
            Assert.Equal(row.AveragingHours, scale.AveragingHours);
            AssertColour(table, band, row.Colour);
            AssertNumbers(table, band, row);
            AssertRange(id, scale, band, row);
            compared++;
        }
        Assert.Equal(rows, compared);
    }

    [Fact]
    public void Every_file_is_a_table()
    {
        Assert.Equal(["eu-2024", "eu-before-2024", "us-2024"], IndexTables.All.Select(table => table.Id));
        Assert.Equal(["2024", null, "2024-05-06"], IndexTables.All.Select(table => table.ValidFrom));
        Assert.Same(IndexTables.Europe2024, IndexTables.All[0]);
        Assert.Same(IndexTables.EuropeBefore2024, IndexTables.All[1]);
        Assert.Same(IndexTables.UnitedStates2024, IndexTables.All[2]);
        Assert.False(IndexTables.TryFind("EU-2024", out _));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5.0001, 1)]
    [InlineData(15, 1)]
    [InlineData(15.5, 2)]
    [InlineData(140, 4)]
    [InlineData(140.5, 5)]
    [InlineData(1000, 5)]
    public void European_band_reaches_up_to_and_including_its_printed_end(double concentration, int band) =>
        Assert.Equal(band, IndexTables.Europe2024.ScaleOf(Quantity.Pm25)!.BandOf(concentration));

    [Theory]
    [InlineData(9.0, 0)]
    [InlineData(9.0999, 0)]
    [InlineData(9.1, 1)]
    [InlineData(35.49, 1)]
    [InlineData(35.5, 2)]
    [InlineData(325.5, 5)]
    public void American_concentration_is_truncated_before_it_is_compared(double concentration, int band) =>
        Assert.Equal(band, IndexTables.UnitedStates2024.ScaleOf(Quantity.Pm25)!.BandOf(concentration));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1000.1)]
    [InlineData(double.NaN)]
    public void Concentration_outside_the_valid_range_has_no_band(double concentration) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexTables.Europe2024.ScaleOf(Quantity.Pm25)!.BandOf(concentration));

    /// <summary>PM only for the US; the others are given in ppm and ppb there.</summary>
    static bool IsCovered(IndexTable table, OracleRow row) =>
        row.Unit == "ug/m3" && Pollutants.TryGetValue(row.Pollutant, out var quantity) && table.ScaleOf(quantity) is not null;

    static int IndexOfBand(IndexTable table, string name) =>
        table.Bands.ToList().FindIndex(band => band.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    static void AssertColour(IndexTable table, int band, string colour)
    {
        // The independent table has #fffe00 for the American "Moderate"; the EPA's table 2 says red 255, green 255, blue 0.
        var expected = colour == "#fffe00" ? "#ffff00" : colour;
        Assert.Equal(expected, table.Bands[band].Colour);
    }

    static void AssertNumbers(IndexTable table, int band, OracleRow row)
    {
        if (table.Bands[band].Index is { } numbers)
        {
            Assert.Equal(row.FirstNumber, numbers.First);
            Assert.Equal(row.LastNumber ?? 500, numbers.Last);
        }
        else
        {
            Assert.Equal(row.FirstNumber, band + 1);
        }
    }

    static void AssertRange(string id, IndexScale scale, int band, OracleRow row)
    {
        var isLast = band == scale.Ranges.Length - 1;
        // Printed as "more than 140" where the table says "from 141".
        var lower = id == "eu-2024" && isLast ? scale.Ranges[band - 1].Upper : scale.Ranges[band].Lower;
        // The independent table begins the old "Extremely poor" of NO2 at 800.1, although the band before ends at 340.
        var expected = id == "eu-before-2024" && isLast && scale.Quantity == Quantity.No2 ? 340.1m : row.Lower;
        Assert.Equal(expected, lower);
        if (row.Upper is not null || !isLast)
            Assert.Equal(row.Upper, scale.Ranges[band].Upper);
    }

    static IEnumerable<OracleRow> OracleRows(string file, string variant) =>
        from line in File.ReadLines(SharedFile(Path.Combine("data", "oracles", "aqi", file))).Skip(1)
        let cells = line.Replace("\"", "", StringComparison.Ordinal).Split(',')
        where cells[1] == variant
        select new OracleRow(
            cells[2], cells[3], int.Parse(cells[4], CultureInfo.InvariantCulture), (int?)Number(cells[5]), cells[6], cells[7],
            int.Parse(cells[8], CultureInfo.InvariantCulture), Number(cells[9]), Number(cells[10]));

    static decimal? Number(string text) => text.Length == 0 ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    static string SharedFile(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder?.Parent is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.Parent.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")) && File.Exists(Path.Combine(shared, name)))
                return Path.Combine(shared, name);
        }
        Assert.Skip("The independent tables (../shared/data/oracles/aqi) are not here.");
        return "";
    }

    sealed record OracleRow(
        string Category, string Colour, int FirstNumber, int? LastNumber, string Pollutant, string Unit, int AveragingHours,
        decimal? Lower, decimal? Upper);
}
