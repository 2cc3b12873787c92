using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;

namespace CivicSense.Estimation.Tests.Indices.Air;

public sealed class AirQualityIndexTests
{
    static readonly IndexTable Table = IndexTables.Europe2024;

    /// <summary>A pollutant, a concentration up to 200 and a deviation of its logarithm up to 0.5, sometimes none.</summary>
    static readonly Arbitrary<(Quantity Quantity, double Value, double Deviation)> AnyValue = (
        from quantity in Gen.Elements(Quantity.Pm25, Quantity.Pm10, Quantity.No2, Quantity.O3)
        from tenths in Gen.Choose(0, 2000)
        from percent in Gen.Choose(0, 50)
        select (quantity, tenths / 10.0, percent / 100.0)).ToArbitrary();

    [Fact]
    public void Probabilities_sum_to_one_and_the_statement_holds_at_least_90_percent() => Prop.ForAll(AnyValue, value =>
    {
        var statement = Of(value);
        return Math.Abs(statement.Probabilities.Sum() - 1) < 1e-12
            && statement.Probabilities.All(probability => probability >= 0)
            && statement.Probability >= BandStatement.RequiredProbability
            && statement.First <= statement.Last
            && Math.Abs(statement.Probabilities[statement.First..(statement.Last + 1)].Sum() - statement.Probability) < 1e-12;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_shorter_range_of_bands_would_do() => Prop.ForAll(AnyValue, value =>
    {
        var statement = Of(value);
        var length = statement.Last - statement.First;
        return Enumerable.Range(0, 6 - length + 1).All(first =>
            length == 0 || statement.Probabilities.Skip(first).Take(length).Sum() < BandStatement.RequiredProbability);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Band_of_a_larger_value_is_no_better() => Prop.ForAll(AnyValue, AnyValue, (value, other) =>
    {
        var scale = Table.ScaleOf(value.Quantity)!;
        var (smaller, larger) = (Math.Min(value.Value, other.Value), Math.Max(value.Value, other.Value));
        var (below, above) = (Of((value.Quantity, smaller, value.Deviation)), Of((value.Quantity, larger, value.Deviation)));
        var worseOrEqual = Enumerable.Range(1, 6).All(count =>
            above.Probabilities.Take(count).Sum() <= below.Probabilities.Take(count).Sum() + 1e-12);
        return worseOrEqual && scale.BandOf(smaller) <= scale.BandOf(larger);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Value_without_error_is_in_its_band_for_certain() => Prop.ForAll(AnyValue, value =>
    {
        var statement = Of((value.Quantity, value.Value, 0));
        return statement.First == Table.ScaleOf(value.Quantity)!.BandOf(value.Value) && statement.First == statement.Last
            && statement.Probability == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Worst_of_several_is_no_better_than_any_of_them() => Prop.ForAll(AnyValue, AnyValue, (first, second) =>
    {
        if (first.Quantity == second.Quantity)
            return true;
        var worst = AirQualityIndex.Worst(Table, [Estimate(first), Estimate(second)]);
        return Math.Abs(worst.Probabilities.Sum() - 1) < 1e-12 && Enumerable.Range(1, 6).All(count =>
            worst.Probabilities.Take(count).Sum() <= Of(first).Probabilities.Take(count).Sum() + 1e-12);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Value_well_inside_a_band_is_stated_with_that_band()
    {
        // ln(13) is 0.49 above the lower edge ln(8) and 0.33 below the upper one, ln(18).
        var statement = Of((Quantity.Pm25, 10, 0.15));
        Assert.Equal("Fair", statement.ToString());
        var expected = Normal.CDF(Math.Log(13), 0.15, Math.Log(18)) - Normal.CDF(Math.Log(13), 0.15, Math.Log(8));
        Assert.Equal(expected, statement.Probability, 12);
    }

    [Fact]
    public void Value_on_an_edge_is_stated_as_the_two_bands_around_it()
    {
        var statement = Of((Quantity.Pm25, 15, 0.2));
        Assert.Equal("Fair to moderate", statement.ToString());
        Assert.Equal(0.5, statement.Probabilities[2], 6);
    }

    [Fact]
    public void Value_that_could_be_anything_is_said_to_tell_nothing()
    {
        var statement = Of((Quantity.Pm25, 25, 2));
        Assert.True(statement.SaysNothing);
        Assert.Equal("Cannot be told", statement.ToString());
    }

    [Fact]
    public void Of_two_ranges_of_one_length_the_more_probable_is_stated()
    {
        var statement = new BandStatement(Table, [0.04, 0.5, 0.95, 1, 1, 1]);
        Assert.Equal((1, 2), (statement.First, statement.Last));
        Assert.Equal(0.91, statement.Probability, 12);
        Assert.Equal(0.46, statement.Probabilities[1], 12);
    }

    [Fact]
    public void Band_is_stated_alone_from_90_percent_on()
    {
        Assert.Equal("Fair", new BandStatement(Table, [0.04, 0.945, 1, 1, 1, 1]).ToString());
        Assert.Equal("Fair to moderate", new BandStatement(Table, [0.04, 0.935, 1, 1, 1, 1]).ToString());
    }

    [Fact]
    public void Worst_of_two_that_may_each_be_better_is_usually_the_worse()
    {
        // Each is fair or better with probability 1/2, so both are with 1/4.
        var worst = AirQualityIndex.Worst(Table, [Estimate((Quantity.Pm25, 15, 0.2)), Estimate((Quantity.Pm10, 45, 0.2))]);
        Assert.Equal(0.75, worst.Probabilities[2], 4);
        Assert.Equal("Fair to moderate", worst.ToString());
    }

    [Fact]
    public void Band_of_the_worst_is_stated_alone_only_if_it_is_sure_also_when_errors_go_together()
    {
        // Each is moderate or worse with 75 %: together with 94 % if their errors are independent, with 75 % if they go together.
        var moderate = new BandStatement(Table, [0, 0.25, 1, 1, 1, 1]);
        var worst = BandStatement.Worst(Table, [moderate, moderate]);
        Assert.Equal(0.9375, worst.Probabilities[2], 12);
        Assert.Equal("Fair to moderate", worst.ToString());
        Assert.Equal(1, worst.Probability, 12);
    }

    [Fact]
    public void Probability_of_the_worst_is_the_smaller_of_both_laws()
    {
        // Fair or better: 0.95 together, 0.95 x 0.97 independently. Moderate or worse: 0.96 together, 1 - 0.04 x 0.04 independently.
        var fair = BandStatement.Worst(Table, [new(Table, [0, 0.95, 1, 1, 1, 1]), new(Table, [0, 0.97, 1, 1, 1, 1])]);
        var moderate = BandStatement.Worst(Table, [new(Table, [0, 0.04, 1, 1, 1, 1]), new(Table, [0, 0.04, 1, 1, 1, 1])]);
        Assert.Equal(("Fair", "Moderate"), (fair.ToString(), moderate.ToString()));
        Assert.Equal(0.95 * 0.97, fair.Probability, 12);
        Assert.Equal(0.96, moderate.Probability, 12);
    }

    [Fact]
    public void Index_covers_its_pollutants_at_its_averaging_time_only()
    {
        Assert.True(AirQualityIndex.Covers(Table, Published.Hour(Quantity.Pm25, 10)));
        Assert.False(AirQualityIndex.Covers(Table, Published.Day(Quantity.Pm25, 10)));
        Assert.True(AirQualityIndex.Covers(IndexTables.EuropeBefore2024, Published.Day(Quantity.Pm25, 10)));
        Assert.False(AirQualityIndex.Covers(Table, Published.Hour(Quantity.Laeq, 50)));
        Assert.Throws<ArgumentException>(() => AirQualityIndex.Of(Table, Published.Day(Quantity.Pm25, 10)));
    }

    [Fact]
    public void Worst_takes_one_estimate_for_each_pollutant_of_one_area_and_time()
    {
        var hour = Published.Hour(Quantity.Pm25, 10);
        var other = Published.Hour(Quantity.Pm10, 10);
        Assert.Throws<ArgumentException>(() => AirQualityIndex.Worst(Table, []));
        Assert.Throws<ArgumentException>(() => AirQualityIndex.Worst(Table, [hour, hour]));
        Assert.Throws<ArgumentException>(() => AirQualityIndex.Worst(Table, [hour, other with { Area = Area.Parse("0312") }]));
        Assert.Throws<ArgumentException>(() => AirQualityIndex.Worst(Table, [hour, other with { End = hour.End.AddHours(1) }]));
    }

    static Estimate Estimate((Quantity Quantity, double Value, double Deviation) value) =>
        Published.Hour(value.Quantity, value.Value, value.Deviation);

    static BandStatement Of((Quantity Quantity, double Value, double Deviation) value) => AirQualityIndex.Of(Table, Estimate(value));
}
