using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IEstimateStore"/> does, as <see cref="ICommons"/> shows it.</summary>
public abstract class EstimateContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_estimate_is_replaced_and_final_one_is_not()
    {
        await using var store = await CreateAsync();
        var query = new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Samples.Window.Start, Samples.Window.End, 10);
        async Task Write(Estimate estimate) => await store.Estimates.WriteAsync([estimate], Cancel);

        await Write(Samples.Estimate(Samples.North, Samples.Window, 10));
        await Write(Samples.Estimate(Samples.North, Samples.Window, 11));
        Assert.Equal([Samples.Estimate(Samples.North, Samples.Window, 11)], await store.Commons.ReadEstimatesAsync(query, Cancel));

        var final = Samples.Estimate(Samples.North, Samples.Window, 12, EstimateStatus.Final);
        await Write(final);
        await Write(Samples.Estimate(Samples.North, Samples.Window, 13));
        await Write(Samples.Estimate(Samples.North, Samples.Window, 14, EstimateStatus.Final));
        await store.RestartAsync();
        Assert.Equal([final], await store.Commons.ReadEstimatesAsync(query, Cancel));
        Assert.Equal([final], await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
    }

    [Fact]
    public async Task Estimates_are_of_exactly_the_series_asked_for()
    {
        await using var store = await CreateAsync();
        var series = Enumerable.Range(0, 6)
            .Select(hour => Samples.Estimate(Samples.North, new(Samples.Window.Index + hour), hour)).ToList();
        await store.Estimates.WriteAsync(
            [
                .. Enumerable.Reverse(series),
                Samples.Estimate(Samples.NorthInner, Samples.Window, 1),
                Samples.Estimate(Samples.North, Samples.Window, 2, quantity: Quantity.Laeq),
                Samples.Estimate(Samples.North, Samples.Window, 3, resolution: Resolution.Day),
            ],
            Cancel);
        async Task<IReadOnlyList<Estimate>> Read(DateTimeOffset from, DateTimeOffset until, int limit) =>
            await store.Commons.ReadEstimatesAsync(
            new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, from, until, limit), Cancel);

        Assert.Equal(series, await Read(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, int.MaxValue));
        Assert.Equal(series[1..3], await Read(series[1].Start, series[3].Start, 10));
        Assert.Equal(series[2..4], await Read(series[1].Start.AddTicks(1), series[3].Start.AddTicks(1), 10));
        Assert.Equal(series[..2], await Read(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, 2));
    }

    [Fact]
    public async Task Latest_estimates_are_those_of_the_last_write_however_often_they_were_read_before()
    {
        await using var store = await CreateAsync();
        for (var hour = 0; hour < 5; hour++)
        {
            var estimate = Samples.Estimate(Samples.North, new HourWindow(Samples.Window.Index + hour), hour);
            await store.Estimates.WriteAsync([estimate], Cancel);
            for (var time = 0; time < 2; time++)
                Assert.Equal([estimate], await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
        }
    }

    [Fact]
    public async Task Latest_estimates_are_the_newest_of_each_area_and_quantity()
    {
        await using var store = await CreateAsync();
        var newest = new[]
        {
            Samples.Estimate(Samples.North, Samples.Window.Next, 2),
            Samples.Estimate(Samples.North, Samples.Window, 3, quantity: Quantity.Laeq),
            Samples.Estimate(Samples.South, Samples.Window, 4),
        };
        await store.Estimates.WriteAsync([.. newest, Samples.Estimate(Samples.North, Samples.Window, 1)], Cancel);
        var day = Samples.Estimate(Samples.North, Samples.Window, 5, resolution: Resolution.Day);
        await store.Estimates.WriteAsync([day, Samples.Estimate(Samples.North, Samples.Window, 1, EstimateStatus.Final)], Cancel);

        Assert.Equal(newest, await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
        Assert.Equal([day], await store.Commons.ReadLatestEstimatesAsync(Resolution.Day, Cancel));
    }

    [Theory]
    [InlineData(Resolution.Hour)]
    [InlineData(Resolution.Day)]
    [InlineData(Resolution.Week)]
    [InlineData(Resolution.Month)]
    public async Task Each_resolution_is_a_series_of_its_own(Resolution resolution)
    {
        await using var store = await CreateAsync();
        var all = Enum.GetValues<Resolution>().ToDictionary(each => each, each => new[]
        {
            Samples.Estimate(Samples.North, Samples.Window, 10 + (int)each, EstimateStatus.Final, resolution: each),
            Samples.Estimate(Samples.North, Samples.Window.Next, 20 + (int)each, resolution: each),
        });
        await store.Estimates.WriteAsync([.. all.Values.SelectMany(series => series)], Cancel);
        var revised = all[resolution][1] with { Value = 99, Upper = 100, Status = EstimateStatus.Final };
        await store.Estimates.WriteAsync([revised, all[resolution][0] with { Value = 98 }], Cancel);
        await store.RestartAsync();

        foreach (var each in Enum.GetValues<Resolution>())
        {
            var newest = each == resolution ? revised : all[each][1];
            Assert.Equal([all[each][0], newest], await store.Commons.ReadEstimatesAsync(
                new EstimateQuery(Samples.North, Quantity.Pm25, each, Samples.Window.Start, Samples.Window.Next.End, 10), Cancel));
            Assert.Equal([newest], await store.Commons.ReadLatestEstimatesAsync(each, Cancel));
        }
    }

    [Fact]
    public async Task Long_batch_of_estimates_is_written_whole()
    {
        await using var store = await CreateAsync();
        var batch = Enumerable.Range(0, 9_001)
            .Select(hour => Samples.Estimate(Samples.North, new(Samples.Window.Index + hour), hour)).ToList();

        await store.Estimates.WriteAsync(batch, Cancel);

        Assert.Equal(batch, await store.Commons.ReadEstimatesAsync(
            new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, batch[0].Start, batch[^1].End, int.MaxValue), Cancel));
        Assert.Equal([batch[^1]], await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
    }
}
