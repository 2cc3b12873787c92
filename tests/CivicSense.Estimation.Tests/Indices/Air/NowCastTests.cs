using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests.Indices.Air;

public sealed class NowCastTests
{
    /// <summary>Twelve tenths of a concentration and a deviation, newest first; below zero where an hour is missing.</summary>
    static readonly Arbitrary<(int[] Tenths, double Deviation)> AnyHours = (
        from tenths in Gen.Choose(-300, 3000).ArrayOf(12)
        from percent in Gen.Choose(0, 50)
        select (tenths, percent / 100.0)).ToArbitrary();

    [Fact]
    public void Weight_is_halved_with_every_hour_where_the_air_changes_fast()
    {
        // By hand: min 10, max 90, so w = 1/2. 13 + 16/2 + 10/4 + ... + 50/2048 = 34.8193; 1 + 1/2 + ... + 1/2048 = 1.99951.
        var nowCast = Of(13, 16, 10, 21, 74, 64, 53, 82, 90, 75, 80, 50)!;
        Assert.Equal(0.5, nowCast.WeightFactor);
        Assert.Equal(34.8193 / 1.99951, nowCast.Concentration.Value, 3);
        Assert.Equal(12, nowCast.HoursUsed);
    }

    [Fact]
    public void Weight_is_smallest_over_largest_where_the_air_is_steady()
    {
        // By hand: w = 8/10; (10 + 8 x 0.8 + 9 x 0.64) / (1 + 0.8 + 0.64) = 22.16 / 2.44.
        var nowCast = Of(10, 8, 9)!;
        Assert.Equal(0.8, nowCast.WeightFactor, 12);
        Assert.Equal(22.16 / 2.44, nowCast.Concentration.Value, 12);
    }

    [Fact]
    public void Missing_hour_keeps_its_place_in_the_weights()
    {
        // By hand: w = 1/2; (40 + 20/4) / (1 + 1/4).
        Assert.Equal(36, Of(40, null, 20)!.Concentration.Value, 12);
    }

    [Theory]
    [InlineData(true, true, true, true)]
    [InlineData(true, true, false, true)]
    [InlineData(false, true, true, true)]
    [InlineData(true, false, false, false)]
    [InlineData(false, false, true, false)]
    public void Two_of_the_newest_three_hours_must_be_there(bool newest, bool second, bool third, bool expected)
    {
        var values = new double?[] { newest ? 10 : null, second ? 10 : null, third ? 10 : null, 10, 10, 10 };
        Assert.Equal(expected, Of(values) is not null);
    }

    [Fact]
    public void Nothing_is_made_of_nothing_and_clean_air_is_clean()
    {
        Assert.Null(Of());
        Assert.Equal(0, Of(0, 0, 0)!.Concentration.Value);
    }

    [Fact]
    public void Hours_older_than_twelve_or_newer_than_its_end_are_ignored()
    {
        var estimates = Enumerable.Range(-1, 14).Select(ago =>
            Published.Hour(Quantity.Pm25, ago is -1 or 12 ? 500 : 10, 0, Published.Noon.AddHours(-ago))).ToList();
        var nowCast = NowCast.Of(estimates, Published.Noon)!;
        Assert.Equal((12, 10.0), (nowCast.HoursUsed, nowCast.Concentration.Value));
    }

    [Fact]
    public void NowCast_lies_between_the_smallest_and_the_largest_hour_inside_its_interval() => Prop.ForAll(AnyHours, any =>
    {
        var hours = Estimates(any.Tenths.Select(tenth => tenth < 0 ? (double?)null : tenth / 10.0), any.Deviation);
        if (NowCast.Of(hours, Published.Noon) is not { } nowCast)
            return any.Tenths.Take(3).Count(tenth => tenth >= 0) < 2;
        var value = nowCast.Concentration;
        return value.Value >= hours.Min(hour => hour.Value) - 1e-9 && value.Value <= hours.Max(hour => hour.Value) + 1e-9
            && value.Lower <= value.Value && value.Value <= value.Upper
            && nowCast.WeightFactor is >= 0.5 and <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Errors_of_the_hours_do_not_average_out()
    {
        var hours = Estimates(Enumerable.Repeat<double?>(20, 12), deviation: 0.3);
        var value = NowCast.Of(hours, Published.Noon)!.Concentration;
        Assert.Equal(hours[0].StandardError, value.StandardError, 10);
        Assert.Equal(hours[0].Lower, value.Lower, 10);
        Assert.Equal(hours[0].Upper, value.Upper, 10);
    }

    [Fact]
    public void Only_the_hours_of_one_area_and_of_particles_are_taken_each_once()
    {
        var hour = Published.Hour(Quantity.Pm25, 10);
        var before = Published.Hour(Quantity.Pm25, 10, 0, Published.Noon.AddHours(-1));
        Assert.Throws<ArgumentException>(() => NowCast.Of([hour, hour], Published.Noon));
        Assert.Throws<ArgumentException>(() => NowCast.Of([hour, before with { Area = Area.Parse("0312") }], Published.Noon));
        Assert.Throws<ArgumentException>(() => NowCast.Of([hour, before with { Quantity = Quantity.Pm10 }], Published.Noon));
        Assert.Throws<ArgumentException>(() => NowCast.Of([Published.Day(Quantity.Pm25, 10)], Published.Noon));
        Assert.Throws<ArgumentException>(() => NowCast.Of([Published.Hour(Quantity.O3, 10)], Published.Noon));
        Assert.Throws<ArgumentException>(() => NowCast.Of([hour], Published.Noon.AddMinutes(30)));
    }

    static NowCast? Of(params double?[] newestFirst) => NowCast.Of(Estimates(newestFirst, 0), Published.Noon);

    static List<Estimate> Estimates(IEnumerable<double?> newestFirst, double deviation) =>
        [.. newestFirst.Select((value, ago) => (value, ago)).Where(pair => pair.value is not null)
            .Select(pair => Published.Hour(Quantity.Pm25, pair.value!.Value, deviation, Published.Noon.AddHours(-pair.ago)))];
}
