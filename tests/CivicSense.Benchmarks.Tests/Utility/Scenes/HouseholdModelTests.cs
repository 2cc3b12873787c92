using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility.Scenes;

public sealed class HouseholdModelTests
{
    static readonly HouseholdModel Particles = HouseholdModel.Of(Quantity.Pm25);

    [Fact]
    public void A_household_is_the_same_for_the_same_seed_and_another_for_any_other_number()
    {
        var air = Enumerable.Repeat(10.0, 100).ToArray();
        double[] Measure(int seed, int area, int household) => Particles.Measure(air, seed, area, household, spikes: false);

        var household = Measure(1, 2, 3);

        Assert.Equal(household, Measure(1, 2, 3));
        Assert.All([Measure(2, 2, 3), Measure(1, 3, 3), Measure(1, 2, 4)], other => Assert.NotEqual(household, other));
    }

    [Fact]
    public void Where_the_air_is_not_known_nothing_is_sent_and_the_rest_stays_as_it_is()
    {
        double[] air = [10, double.NaN, 10];

        var values = Particles.Measure(air, 1, 0, 0, spikes: false);

        Assert.True(double.IsNaN(values[1]));
        Assert.Equal(Particles.Measure([10, 10, 10], 1, 0, 0, spikes: false)[2], values[2]);
    }

    [Fact]
    public void A_value_stays_in_the_valid_range() =>
        Assert.Equal([1000], Particles.Measure([1e6], 1, 0, 0, spikes: false));

    [Fact]
    public void A_household_that_measures_no_concentration_differs_by_as_much_at_every_level()
    {
        var temperature = HouseholdModel.Of(Quantity.Temperature);

        var (cold, warm) = (temperature.Measure([-10, -10], 1, 0, 0, spikes: false), temperature.Measure([20, 20], 1, 0, 0, spikes: false));

        Assert.NotEqual(-10, cold[0]);
        Assert.Equal(cold.Select(value => value + 30), warm, (expected, value) => Math.Abs(expected - value) < 1e-9);
    }

    [Fact]
    public void Spikes_only_add_and_about_as_often_as_they_should()
    {
        var air = Enumerable.Repeat(10.0, 200_000).ToArray();

        var added = Particles.Measure(air, 1, 0, 0, spikes: true)
            .Zip(Particles.Measure(air, 1, 0, 0, spikes: false), (with, without) => with - without)
            .ToArray();

        Assert.All(added, amount => Assert.True(amount >= 0));
        // An hour is free of episodes with probability .99 .9925 .995 .9975 (one that started k hours ago lasts on with (4 - k)/4), so 2.48
        // % have one.
        Assert.InRange(added.Count(amount => amount > 0) / (double)added.Length, 0.022, 0.028);
    }

    /// <remarks>
    /// 2,000 households of 50 hours, one fixed seed for each: fixed numbers. The bounds are six standard errors of the estimates, as far as
    /// values of different households are independent: the variance of 2,000 normal values has a relative standard error of 3.2 %.
    /// </remarks>
    [Fact]
    public void Deviations_have_the_stated_moments_at_the_beginning_and_at_the_end()
    {
        const int Households = 2_000;
        var factors = Enumerable.Range(0, Households)
            .Select(household => Particles.Differences(50, HouseholdModel.Generator(1, 0, household, 0))).ToArray();
        var (bias, drift, noise) =
            (Square(Particles.BiasDeviation), Square(Particles.DriftDeviation), Square(Particles.NoiseDeviation));

        foreach (var hour in new[] { 0, 49 })
        {
            Assert.InRange(factors.Average(of => of[hour]), -6 * 0.0053, 6 * 0.0053);
            Assert.InRange(factors.Average(of => Square(of[hour])) / (bias + drift + noise), 1 - (6 * 0.032), 1 + (6 * 0.032));
        }
        Assert.InRange(factors.Average(of => of[48] * of[49]) / (bias + (HouseholdModel.DriftCoefficient * drift)), 0.75, 1.25);
        // 0.8^45 of the drift is left, which is nothing: what two distant hours share is the bias.
        Assert.InRange(factors.Average(of => of[4] * of[49]) / bias, 0.6, 1.4);
    }

    static double Square(double value) => value * value;
}
