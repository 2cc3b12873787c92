using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>Each part that can be switched off does what it says while it is on.</summary>
public sealed class EstimatorOptionsTests
{
    static readonly PrivacyDay May = PrivacyDay.Parse("2026-05-01");
    static readonly Area Measured = Area.Parse("0310");
    static readonly Area Neighbour = Area.Parse("0311");

    [Fact]
    public async Task With_pooling_an_area_learns_from_its_neighbour_and_without_it_does_not()
    {
        Assert.True(await PredictedOfNeighbour(new EstimatorOptions()) > 1.1 * Quantity.Pm25.PriorMean);
        Assert.Equal(Quantity.Pm25.PriorMean, await PredictedOfNeighbour(new EstimatorOptions { Pooling = false }), 9);
    }

    [Fact]
    public async Task Without_a_city_factor_an_area_learns_less_from_its_neighbour()
    {
        var (with, without) = (await PredictedOfNeighbour(new EstimatorOptions()),
            await PredictedOfNeighbour(new EstimatorOptions { CityFactor = false }));
        // The slow level is still common.
        Assert.True(without > Quantity.Pm25.PriorMean);
        Assert.True(without < Quantity.Pm25.PriorMean + 0.8 * (with - Quantity.Pm25.PriorMean));
    }

    [Fact]
    public async Task Without_smoothing_final_hours_are_the_live_ones()
    {
        async Task<(List<double> Live, List<double> Final)> Run(bool smoothing)
        {
            var simulation = Simulation(days: 5, new EstimatorOptions { Smoothing = smoothing, Fitting = false });
            await simulation.RunAsync();
            var hours = simulation.Commons.Written.Where(estimate => estimate.Resolution == Resolution.Hour)
                .ToLookup(estimate => estimate.Status);
            var final = hours[EstimateStatus.Final].OrderBy(hour => hour.Start).ThenBy(hour => hour.Area).ToList();
            var keys = final.Select(Score.Key).ToHashSet();
            var live = hours[EstimateStatus.Live].Where(hour => keys.Contains(Score.Key(hour))).OrderBy(hour => hour.Start)
                .ThenBy(hour => hour.Area);
            return ([.. live.Select(hour => hour.Value)], [.. final.Select(hour => hour.Value)]);
        }
        var (with, without) = (await Run(smoothing: true), await Run(smoothing: false));
        Assert.Equal(without.Live, without.Final);
        Assert.Equal(with.Live.Count, with.Final.Count);
        Assert.NotEqual(with.Live, with.Final);
        // What is predicted does not depend on it.
        Assert.Equal(with.Live, without.Live);
    }

    [Theory]
    [InlineData(true, 99, 1)]
    [InlineData(true, 10, 0)]
    [InlineData(false, 99, 0)]
    public async Task Parameters_are_fitted_where_that_is_on_and_until_it_ends(bool fitting, int ends, int versions)
    {
        var simulation = Simulation(days: 15, new EstimatorOptions { Fitting = fitting,
            FittingEnds = new PrivacyDay(May.Date.AddDays(ends)) });
        await simulation.RunAsync();
        Assert.Equal(versions, simulation.Commons.Versions.Count);
    }

    [Fact]
    public async Task When_fitting_has_ended_the_roughness_alone_goes_on_to_follow_the_season()
    {
        var simulation = Simulation(days: 29, new EstimatorOptions { FittingEnds = new PrivacyDay(May.Date.AddDays(20)) });
        await simulation.RunAsync();
        var fitted = simulation.Commons.Versions.Select(version => ModelParameters.Of(version.Quantity, version.Values)).ToList();
        Assert.Equal(3, fitted.Count);
        Assert.All(fitted.Skip(1), version => Assert.True(version.DiffersInRoughnessAlone(fitted[0])));
        Assert.Equal(3, fitted.Select(version => version.Roughness).Distinct().Count());
    }

    static SimulatedNeighbourhood Simulation(int days, EstimatorOptions options) =>
        new(seed: 51) { FirstDay = May, Days = days, Areas = [("0310", 10), ("0311", 10)], Options = options };

    /// <summary>What is expected of an area when the air of the one beside it was found to be twice as bad as predicted.</summary>
    static async Task<double> PredictedOfNeighbour(EstimatorOptions options)
    {
        var commons = new MemoryCommons();
        var estimator = new NeighbourhoodEstimator(commons, null, null, options);
        var plan = new ReleasePlan
        {
            Day = May, TimeZone = "UTC", FirstWindow = May.Windows(TimeZoneInfo.Utc)[0], LastWindow = May.Windows(TimeZoneInfo.Utc)[^1],
            Areas = [new(Measured, 100), new(Neighbour, 100)], Quantities = [new(Quantity.Pm25, 0.95m, 0.3, 2)],
            Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17, Pacing = 0,
        };
        var sum = (long)(plan.Grid * 0.3 * 92 * Math.Log(2));
        var measurement = new NoisyMeasurement(plan.FirstWindow, Measured, Quantity.Pm25, sum, Quantity.Pm25.PriorMean, 1);
        commons.Measurements.Add(measurement);
        await estimator.PrepareAsync(plan, plan.FirstWindow, CancellationToken.None);
        await estimator.WindowReleasedAsync(plan, plan.FirstWindow, [measurement], CancellationToken.None);
        var baselines = new double[2];
        estimator.Predict(plan, plan.FirstWindow.Next, baselines);
        return baselines[1];
    }
}
