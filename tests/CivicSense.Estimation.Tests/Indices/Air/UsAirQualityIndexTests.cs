using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests.Indices.Air;

public sealed class UsAirQualityIndexTests
{
    static readonly IndexTable Table = IndexTables.UnitedStates2024;

    static readonly Arbitrary<(double Value, double Deviation)> AnyValue = (
        from tenths in Gen.Choose(0, 4000)
        from percent in Gen.Choose(0, 40)
        select (tenths / 10.0, percent / 100.0)).ToArbitrary();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4.5, 25)] // 50/9 x 4.5
    [InlineData(9.0, 50)]
    [InlineData(9.05, 50)] // truncated
    [InlineData(9.1, 51)]
    [InlineData(17.4, 66)] // 49/26.3 x 8.3 + 51 = 66.46
    [InlineData(35.4, 100)]
    [InlineData(35.9, 102)] // 49/19.9 x 0.4 + 101 = 101.98
    [InlineData(55.4, 150)]
    [InlineData(125.4, 200)]
    [InlineData(225.4, 300)]
    [InlineData(325.4, 500)]
    [InlineData(400, 649)] // beyond the index: 199/99.9 x 174.5 + 301 = 648.6
    public void Index_of_fine_particles_as_worked_by_hand(double concentration, int index) =>
        Assert.Equal(index, UsAirQualityIndex.Of(Table, Quantity.Pm25, concentration));

    [Theory]
    [InlineData(54.9, 50)]
    [InlineData(55, 51)]
    [InlineData(100, 73)] // 49/99 x 45 + 51 = 73.27
    [InlineData(604, 500)]
    [InlineData(700, 607)] // beyond the index: 199/179 x 275 + 301 = 606.7
    public void Index_of_coarse_particles_as_worked_by_hand(double concentration, int index) =>
        Assert.Equal(index, UsAirQualityIndex.Of(Table, Quantity.Pm10, concentration));

    [Fact]
    public void Every_printed_end_of_a_band_has_the_bands_first_or_last_number()
    {
        foreach (var scale in Table.Scales)
        {
            for (var band = 0; band < Table.Bands.Length; band++)
            {
                var (range, numbers) = (scale.Ranges[band], Table.Bands[band].Index!.Value);
                Assert.Equal(numbers.First, UsAirQualityIndex.Of(Table, scale.Quantity, (double)range.Lower));
                Assert.Equal(numbers.Last, UsAirQualityIndex.Of(Table, scale.Quantity, (double)range.Upper!));
            }
        }
    }

    [Fact]
    public void Interval_holds_the_index_and_is_where_the_concentrations_interval_is() => Prop.ForAll(AnyValue, any =>
    {
        var day = Published.Day(Quantity.Pm25, any.Value, any.Deviation);
        var statement = UsAirQualityIndex.Worst(Table, [day]);
        return statement.Lower <= statement.Index && statement.Index <= statement.Upper
            && Math.Abs(statement.Lower - UsAirQualityIndex.Of(Table, Quantity.Pm25, day.Lower)) <= 1
            && Math.Abs(statement.Upper - UsAirQualityIndex.Of(Table, Quantity.Pm25, day.Upper)) <= 1
            && Math.Abs(statement.Band.Probabilities.Sum() - 1) < 1e-12;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Value_without_error_has_an_interval_of_one_number() => Prop.ForAll(AnyValue, any =>
    {
        var statement = UsAirQualityIndex.Worst(Table, [Published.Day(Quantity.Pm25, any.Value)]);
        return statement.Lower == statement.Index && statement.Index == statement.Upper && statement.Band.Probability == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Worst_of_two_pollutants_has_the_higher_number_and_both_their_uncertainties()
    {
        var (fine, coarse) = (Published.Day(Quantity.Pm25, 35.4, 0.2), Published.Day(Quantity.Pm10, 154, 0.2));
        var statement = UsAirQualityIndex.Worst(Table, [fine, coarse]);
        Assert.Equal(100, statement.Index);
        var (ofFine, ofCoarse) = (UsAirQualityIndex.Worst(Table, [fine]), UsAirQualityIndex.Worst(Table, [coarse]));
        // If their errors go together, the worst may be as low as the higher of the two lower ends; if not, either may lie above.
        Assert.Equal(Math.Max(ofFine.Lower, ofCoarse.Lower), statement.Lower);
        Assert.True(statement.Upper > Math.Max(ofFine.Upper, ofCoarse.Upper));
        Assert.Equal("Moderate to unhealthy for sensitive groups", statement.Band.ToString());
    }

    [Fact]
    public void Current_hour_is_the_index_of_the_NowCast()
    {
        // The hours of NowCastTests: 17.41, truncated 17.4.
        double[] values = [13, 16, 10, 21, 74, 64, 53, 82, 90, 75, 80, 50];
        var hours = values.Select((value, ago) => Published.Hour(Quantity.Pm25, value, 0, Published.Noon.AddHours(-ago)));
        var nowCast = NowCast.Of([.. hours], Published.Noon)!;
        var statement = UsAirQualityIndex.Of(Table, nowCast);
        Assert.Equal((66, 66, 66), (statement.Index, statement.Lower, statement.Upper));
        Assert.Equal(Quantity.Pm25, statement.Responsible);
        Assert.Equal("Moderate", statement.Band.ToString());
    }

    [Fact]
    public void Quantities_and_tables_without_numbers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => UsAirQualityIndex.Of(Table, Quantity.O3, 10));
        Assert.Throws<ArgumentException>(() => UsAirQualityIndex.Of(IndexTables.Europe2024, Quantity.Pm25, 10));
        Assert.Throws<ArgumentException>(() => UsAirQualityIndex.Worst(Table, [Published.Hour(Quantity.Pm25, 10)]));
        Assert.Throws<ArgumentException>(() => UsAirQualityIndex.Worst(Table, Array.Empty<Estimate>()));
    }
}
