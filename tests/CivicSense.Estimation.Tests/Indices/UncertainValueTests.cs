using CivicSense.Commons;
using MathNet.Numerics.Distributions;

namespace CivicSense.Estimation.Tests.Indices;

public sealed class UncertainValueTests
{
    [Fact]
    public void Interval_is_where_its_law_has_2_5_and_97_5_percent()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 20, deviation: 0.3));
        Assert.Equal(0.975, value.ProbabilityAbove(value.Lower), 12);
        Assert.Equal(0.5, value.ProbabilityAbove(20), 12);
        Assert.Equal(0.025, value.ProbabilityAbove(value.Upper), 12);
    }

    [Fact]
    public void Law_of_a_concentration_is_normal_in_the_logarithm_with_the_quantitys_offset()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 20, deviation: 0.3));
        Assert.Equal(1 - Normal.CDF(Math.Log(23), 0.3, Math.Log(28)), value.ProbabilityAbove(25), 12);
    }

    [Fact]
    public void Law_of_sound_is_normal_in_decibels()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Laeq, 55, deviation: 0.2));
        Assert.Equal(1 - Normal.CDF(55, 2, 58), value.ProbabilityAbove(58), 12);
    }

    [Fact]
    public void Each_side_of_an_asymmetric_interval_has_its_own_width()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 20, standardError: 4, lower: 17, upper: 40));
        Assert.Equal(0.975, value.ProbabilityAbove(17), 12);
        Assert.Equal(0.5, value.ProbabilityAbove(20), 12);
        Assert.Equal(0.025, value.ProbabilityAbove(40), 12);
    }

    [Fact]
    public void Side_that_was_cut_at_the_end_of_the_valid_range_is_as_wide_as_the_other()
    {
        var estimate = Published.Hour(Quantity.Pm25, 2, deviation: 0.6);
        Assert.Equal(0, estimate.Lower);
        Assert.Equal(Normal.CDF(Math.Log(5), 0.6, Math.Log(4)), 1 - UncertainValue.Of(estimate).ProbabilityAbove(1), 12);
    }

    [Fact]
    public void Side_that_was_cut_at_the_upper_end_is_as_wide_as_the_other()
    {
        var estimate = Published.Hour(Quantity.Laeq, 126, deviation: 0.4);
        Assert.Equal(130, estimate.Upper);
        Assert.Equal(1 - Normal.CDF(126, 4, 129), UncertainValue.Of(estimate).ProbabilityAbove(129), 12);
    }

    [Fact]
    public void Interval_cut_at_both_ends_is_as_wide_as_the_standard_error_says()
    {
        // exp(ln 503 + 1.96 x 4) and the other end both lie outside 0..1000; the standard error is 4 x 503.
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 500, deviation: 4));
        Assert.Equal((0.0, 1000.0), (value.Lower, value.Upper));
        Assert.Equal(Normal.CDF(0, 4, Math.Log(3.0 / 503 * 4)), 1 - value.ProbabilityAbove(9), 12);
    }

    [Fact]
    public void What_lies_beyond_the_valid_range_counts_at_its_end()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 2, deviation: 0.6));
        Assert.Equal(1, value.ProbabilityAbove(-1));
        Assert.InRange(value.ProbabilityAbove(0), 0.79, 0.81);
        Assert.Equal(0, value.ProbabilityAbove(1000));
    }

    [Fact]
    public void Value_without_error_is_above_everything_smaller_and_nothing_else()
    {
        var value = UncertainValue.Of(Published.Hour(Quantity.Pm25, 15));
        Assert.Equal([1, 0, 0], new[] { 14.999, 15, 15.001 }.Select(value.ProbabilityAbove));
    }

    [Theory]
    [InlineData(10, 1, 11, 12)]
    [InlineData(10, 1, 8, 9)]
    [InlineData(10, -1, 8, 12)]
    [InlineData(10, double.NaN, 8, 12)]
    [InlineData(double.NaN, 1, 8, 12)]
    [InlineData(10, 1, double.NegativeInfinity, 12)]
    [InlineData(10, 1, 8, double.PositiveInfinity)]
    public void Value_outside_its_interval_or_not_a_number_is_refused(double value, double standardError, double lower, double upper) =>
        Assert.Throws<ArgumentException>(() => new UncertainValue(Quantity.Pm25, value, standardError, lower, upper));
}
