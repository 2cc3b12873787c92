using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <remarks>Data are drawn from the model, seeded: each figure is one fixed number.</remarks>
public sealed class RoughnessFitTests(ITestOutputHelper output)
{
    static readonly ModelParameters Prior = ModelParameters.Prior(Quantity.Pm25);

    /// <remarks>The noise of ten owners at epsilon 1.</remarks>
    [Theory]
    [InlineData(1.4, 1.25, 1.55)]
    [InlineData(1, 0.9, 1.1)]
    [InlineData(0.7, 0.65, 0.85)]
    public void A_season_that_is_rougher_or_calmer_is_found(double truth, double least, double most)
    {
        var fitted = Fit(Prior with { Roughness = truth }, days: 35, noise: 0.3);
        output.WriteLine(FormattableString.Invariant($"{fitted.Roughness:F2} of {truth}"));
        Assert.InRange(fitted.Roughness, least, most);
        Assert.True(fitted.DiffersInRoughnessAlone(Prior));
    }

    [Fact]
    public void What_was_before_the_last_five_weeks_does_not_count()
    {
        var history = SimulatedHistory.Draw(Prior with { Roughness = 1.5 }, days: 70, seed: 21, noise: 0.3);
        var newest = SimulatedHistory.Draw(Prior with { Roughness = 1.5 }, days: 70, seed: 21, noise: 0.3);
        while (newest.Hours.Count > RoughnessFit.Days * 24)
            ((Queue<FitHour>)newest.Hours).Dequeue();
        Assert.Equal(Run(newest), Run(history));
    }

    [Fact]
    public void However_rough_no_season_counts_for_more_than_two_deviations() =>
        Assert.InRange(Fit(Prior with { Roughness = 4 }, days: 35, noise: 0.04).Roughness, 1.6, Math.Exp(0.5));

    /// <remarks>The noise of less than one household.</remarks>
    [Fact]
    public void Where_noise_drowns_the_air_a_season_is_like_the_half_year() =>
        Assert.InRange(Fit(Prior with { Roughness = 1.5 }, days: 35, noise: 100).Roughness, 0.97, 1.03);

    [Fact]
    public void One_area_alone_has_no_roughness()
    {
        var history = SimulatedHistory.Draw(
            Prior with { Roughness = 1.5 }, days: 35, seed: 22, areas: [Area.Parse("0310")]);
        Assert.Equal(1, Run(history));
    }

    [Fact]
    public void The_roughness_of_the_week_before_does_not_matter()
    {
        var history = SimulatedHistory.Draw(Prior, days: 35, seed: 23);
        Assert.Equal(Run(history), Run(history, Prior with { Roughness = 1.3 }));
    }

    [Fact]
    public void A_fit_can_be_given_up()
    {
        var fit = new RoughnessFit(Quantity.Pm25, SimulatedHistory.Draw(Prior, days: 14, seed: 24), StateLayout.WithoutStations);
        Assert.ThrowsAny<OperationCanceledException>(() => fit.Run(Prior, new CancellationToken(canceled: true)));
    }

    static ModelParameters Fit(ModelParameters truth, int days, double noise) =>
        new RoughnessFit(Quantity.Pm25, SimulatedHistory.Draw(truth, days, seed: 20, noise: noise), StateLayout.WithoutStations)
            .Run(Prior, CancellationToken.None);

    static double Run(FitHistory history, ModelParameters? start = null) =>
        new RoughnessFit(Quantity.Pm25, history, StateLayout.WithoutStations).Run(start ?? Prior, CancellationToken.None).Roughness;
}
