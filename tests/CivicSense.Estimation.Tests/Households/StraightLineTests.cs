using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests;

public sealed class StraightLineTests
{
    [Theory]
    [InlineData(0.4, 0.97)]
    [InlineData(-1, 3)]
    [InlineData(0, -0.2)]
    public void A_straight_response_is_its_own_line(double level, double slope)
    {
        var line = StraightLine.Of(new Moments(0.7, 0.09), residual => level + slope * residual);
        Assert.Equal(level + slope * 0.7, line.Level, 12);
        Assert.Equal(slope, line.Slope, 12);
        Assert.Equal(0, line.Variance, 12);
        // The mean square of a normal variable: mean squared plus variance.
        Assert.Equal(line.Level * line.Level + slope * slope * 0.09, line.Square, 12);
    }

    [Fact]
    public void A_variable_far_below_every_limit_sees_no_limit()
    {
        var line = StraightLine.Of(new Moments(0.1, 0.04), residual => Math.Clamp(residual, -1, 1));
        Assert.Equal(1, line.Slope, 9);
        Assert.Equal(0, line.Variance, 9);
    }

    [Fact]
    public void Beyond_the_limit_the_response_does_not_follow_the_variable()
    {
        var line = StraightLine.Of(new Moments(2, 0.04), residual => Math.Clamp(residual, -0.5, 0.5));
        Assert.Equal(0.5, line.Level, 9);
        Assert.Equal(0, line.Slope, 9);
    }

    /// <remarks>For a smooth response the best slope is the mean of its derivative (Stein's lemma).</remarks>
    [Fact]
    public void The_slope_is_the_mean_derivative()
    {
        const double mean = 0.3, deviation = 0.5;
        var line = StraightLine.Of(new Moments(mean, deviation * deviation), Math.Tanh);
        var expected = Enumerable.Range(-600, 1201).Sum(step =>
        {
            var z = step / 100.0;
            return 0.01 * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI) * (1 - Math.Pow(Math.Tanh(mean + deviation * z), 2));
        });
        Assert.Equal(expected, line.Slope, 2);
    }

    [Fact]
    public void The_more_is_clipped_the_flatter_and_the_farther_from_the_line() => Prop.ForAll(
        Numbers(-20, 20, 10).ToArbitrary(), mean =>
        {
            StraightLine Line(double limit) => StraightLine.Of(new Moments(mean, 0.25), residual => Math.Clamp(residual, -limit, limit));
            Assert.True(Line(0.5).Slope <= Line(1).Slope + 1e-12);
            Assert.InRange(Line(0.5).Slope, -1e-12, 1 + 1e-12);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_noise_is_never_negative() => Prop.ForAll(
        (from mean in Numbers(-500, 500, 100)
         from deviation in Numbers(1, 300, 100)
         from low in Numbers(-300, 0, 100)
         from high in Numbers(0, 300, 100)
         select (Mean: mean, Deviation: deviation, Low: low, High: high)).ToArbitrary(),
        given =>
        {
            var line = StraightLine.Of(
                new Moments(given.Mean, given.Deviation * given.Deviation), residual => 0.97 * Math.Clamp(residual, given.Low, given.High));
            Assert.True(line.Variance >= 0 && line.Square >= 0 && double.IsFinite(line.Slope));
            // A mean square is at least the square of the mean.
            Assert.True(line.Square >= line.Level * line.Level - 1e-9);
        }).QuickCheckThrowOnFailure();

    static Gen<double> Numbers(int from, int to, double divisor) => Gen.Choose(from, to).Select(number => number / divisor);
}
