using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class ChartScaleTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("pm2_5", 8, 42, "0 10 20 30 40 50")]
    [InlineData("pm2_5", 8, 22.4, "0 5 10 15 20 25")]
    [InlineData("pm2_5", 8, 50, "0 10 20 30 40 50")]
    [InlineData("pm2_5", 0.1, 0.9, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData("laeq", 44, 63, "40 45 50 55 60 65")]
    [InlineData("laeq", 51.8, 57.1, "50 52 54 56 58")]
    [InlineData("temperature", -3, 4, "-4 -2 0 2 4")]
    public void The_axis_is_as_fine_as_five_steps_allow_and_leaves_little_empty(string quantity, double lower, double upper, string ticks)
    {
        Assert.True(Quantity.TryFind(quantity, out var found));
        var estimate = new Estimate(
            Area.Parse("03131303010"), found, Resolution.Hour, Noon, Noon.AddHours(1), (lower + upper) / 2, 1, lower, upper,
            EstimateStatus.Live);
        var scale = ChartScale.Of([estimate]);
        Assert.Equal(ticks, string.Join(' ', scale.Ticks.Select(tick => Math.Round(tick, 6))));
        Assert.True(scale.Low <= lower && scale.High >= upper);
    }
}
