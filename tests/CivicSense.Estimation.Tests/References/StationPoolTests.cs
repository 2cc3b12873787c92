using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <remarks>
/// Values are given in the quantity's unit and compared on the model scale, where a station's lasting difference is a constant.
/// </remarks>
public sealed class StationPoolTests
{
    const double Local = 0.16 * 0.16;

    [Fact]
    public void One_station_is_its_own_series()
    {
        var pool = new StationPool(Quantity.Pm25);
        for (var hour = 0; hour < 5; hour++)
        {
            var pooled = pool.Add([Value("a", hour, 2 + 0.1 * hour)], Local);
            Assert.Equal(2 + 0.1 * hour, pooled!.Value.Mean, 9);
            Assert.InRange(pooled.Value.Variance, 0, 0.001);
        }
    }

    [Fact]
    public void A_station_that_falls_silent_leaves_no_step()
    {
        var pool = new StationPool(Quantity.Pm25);
        var before = Enumerable.Range(0, 48).Select(hour => pool.Add([Value("a", hour, 2), Value("b", hour, 3)], Local)!.Value.Mean).Last();
        var after = Enumerable.Range(48, 48).Select(hour => pool.Add([Value("a", hour, 2)], Local)!.Value.Mean).ToList();
        Assert.Equal(2.5, before, 9);
        Assert.All(after, mean => Assert.Equal(before, mean, 9));
    }

    [Fact]
    public void A_station_that_speaks_again_leaves_no_step()
    {
        var pool = new StationPool(Quantity.Pm25);
        var series = Enumerable.Range(0, 96).Select(hour =>
            pool.Add(hour is < 24 or > 60 ? [Value("a", hour, 2), Value("b", hour, 3)] : [Value("b", hour, 3)], Local)!.Value.Mean)
                .ToList();
        Assert.All(series, mean => Assert.Equal(2.5, mean, 9));
    }

    [Fact]
    public void A_new_station_leaves_no_step()
    {
        var pool = new StationPool(Quantity.Pm25);
        for (var hour = 0; hour < 48; hour++)
            pool.Add([Value("a", hour, 2), Value("b", hour, 3)], Local);
        var after = Enumerable.Range(48, 48)
            .Select(hour => pool.Add([Value("a", hour, 2), Value("b", hour, 3), Value("c", hour, 6)], Local)!.Value.Mean).ToList();
        Assert.All(after, mean => Assert.Equal(2.5, mean, 9));
    }

    [Fact]
    public void What_all_stations_show_is_what_the_pool_shows()
    {
        var pool = new StationPool(Quantity.Pm25);
        pool.Add([Value("a", 0, 2), Value("b", 0, 3)], Local);
        Assert.Equal(3, pool.Add([Value("a", 1, 2.5), Value("b", 1, 3.5)], Local)!.Value.Mean, 9);
    }

    [Fact]
    public void An_hour_told_twice_counts_once()
    {
        var (once, twice) = (new StationPool(Quantity.Pm25), new StationPool(Quantity.Pm25));
        for (var hour = 0; hour < 10; hour++)
        {
            IReadOnlyCollection<ReferenceValue> values = [Value("a", hour, 2), Value("b", hour, 3 + 0.1 * hour)];
            var expected = once.Add(values, Local);
            Assert.Equal(expected, twice.Add(values, Local));
            Assert.Null(twice.Add(values, Local));
        }
    }

    [Fact]
    public void An_hour_before_one_that_was_told_is_too_late()
    {
        var pool = new StationPool(Quantity.Pm25);
        Assert.NotNull(pool.Add([Value("a", 5, 2)], Local));
        Assert.Null(pool.Add([Value("a", 4, 2)], Local));
        Assert.NotNull(pool.Add([Value("a", 6, 2)], Local));
    }

    [Fact]
    public void While_stations_are_missing_the_series_is_less_sure()
    {
        var pool = new StationPool(Quantity.Pm25);
        var all = pool.Add([Value("a", 0, 2), Value("b", 0, 3)], Local)!.Value.Variance;
        var half = pool.Add([Value("a", 1, 2)], Local)!.Value.Variance;
        Assert.Equal(Local / 2, half - all, 9);
    }

    static ReferenceValue Value(string station, int hour, double scaled) =>
        new(station, Quantity.Pm25, new HourWindow(490_000 + hour), Quantity.Pm25.FromModelScale(scaled), new HourWindow(490_000 + hour));
}
