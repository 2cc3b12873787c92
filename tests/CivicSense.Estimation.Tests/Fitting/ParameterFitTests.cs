using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <remarks>
/// Data are drawn from the model with known parameters, seeded: each figure is one fixed number. "Toward the truth" means that at most
/// two thirds of the prior's distance are left, in logarithms.
/// </remarks>
public sealed class ParameterFitTests(ITestOutputHelper output)
{
    static readonly ModelParameters Prior = ModelParameters.Prior(Quantity.Pm25);

    /// <summary>A calm city whose weather stays for days: half the deviation, twice the memory.</summary>
    static readonly ModelParameters Calm = Prior with { CityDeviation = 0.3, CityMemory = 90 };

    /// <summary>A restless city.</summary>
    static readonly ModelParameters Restless = Prior with { CityDeviation = 0.9, CityMemory = 12 };

    /// <summary>Areas that differ more, and for longer.</summary>
    static readonly ModelParameters Uneven = Prior with { LocalDeviation = 0.35, LocalMemory = 6 };

    public static TheoryData<string, bool> Cities =>
        new() { { "calm", false }, { "restless", false }, { "uneven", false }, { "calm", true } };

    [Theory]
    [MemberData(nameof(Cities))]
    public void A_fit_is_more_likely_than_the_prior_and_nearer_to_the_truth(string city, bool withStations)
    {
        var truth = city switch { "calm" => Calm, "restless" => Restless, _ => Uneven };
        var layout = withStations ? StateLayout.WithStations : StateLayout.WithoutStations;
        var history = SimulatedHistory.Draw(truth, days: 120, seed: 2, withStations);
        var fit = new ParameterFit(Quantity.Pm25, history, layout);
        var fitted = fit.Run(Prior, CancellationToken.None);
        output.WriteLine(FormattableString.Invariant(
            $"{city}: city {fitted.CityDeviation:F3} over {fitted.CityMemory:F1} h, local {fitted.LocalDeviation:F3} over {fitted.LocalMemory:F2} h"));
        var likelihood = new CompositeLikelihood(new FitReplay(Quantity.Pm25, history, layout));
        likelihood.Weigh(Prior);
        Assert.True(likelihood.Of(fitted with { Roughness = 1 }) > likelihood.Of(Prior) + 5);
        var aspects = city == "uneven"
            ? new Func<ModelParameters, double>[] { p => p.LocalDeviation, p => p.LocalMemory }
            : [Roughness, p => p.CityMemory];
        foreach (var aspect in aspects)
            Assert.InRange(Math.Abs(Math.Log(aspect(fitted) / aspect(truth))), 0, 0.65 * Math.Abs(Math.Log(aspect(Prior) / aspect(truth))));
    }

    /// <remarks>The noise of ten owners at epsilon 1.</remarks>
    [Fact]
    public void Areas_of_ten_owners_that_differ_far_more_over_days_are_found_out()
    {
        var divided = Prior with { SlowDeviation = 4 * Prior.SlowDeviation };
        var fit = new ParameterFit(
            Quantity.Pm25, SimulatedHistory.Draw(divided, days: 120, seed: 9, noise: 0.3), StateLayout.WithoutStations);
        var fitted = fit.Run(Prior, CancellationToken.None);
        output.WriteLine(FormattableString.Invariant($"slow {fitted.SlowDeviation:F3} of {divided.SlowDeviation:F3}"));
        Assert.InRange(fitted.SlowDeviation, 2 * Prior.SlowDeviation, 5 * Prior.SlowDeviation);
    }

    [Fact]
    public void Data_that_are_as_expected_leave_the_parameters_nearly_as_they_were()
    {
        var fit = new ParameterFit(Quantity.Pm25, SimulatedHistory.Draw(Prior, days: 30, seed: 3), StateLayout.WithoutStations);
        var fitted = fit.Run(Prior, CancellationToken.None);
        Assert.InRange(fitted.CityDeviation, Prior.CityDeviation / 1.4, Prior.CityDeviation * 1.4);
        Assert.InRange(fitted.LocalDeviation, Prior.LocalDeviation / 1.25, Prior.LocalDeviation * 1.25);
    }

    /// <remarks>The noise of less than one household at epsilon 1: no hour shows anything.</remarks>
    [Fact]
    public void Where_noise_drowns_the_air_the_parameters_stay_where_they_were()
    {
        var fit = new ParameterFit(
            Quantity.Pm25, SimulatedHistory.Draw(Restless, days: 14, seed: 7, noise: 100), StateLayout.WithoutStations);
        var fitted = fit.Run(Prior, CancellationToken.None);
        Assert.InRange(fitted.CityDeviation, Prior.CityDeviation / 1.25, Prior.CityDeviation * 1.25);
        Assert.InRange(fitted.CityMemory, Prior.CityMemory / 1.25, Prior.CityMemory * 1.25);
        Assert.InRange(fitted.LocalDeviation, Prior.LocalDeviation / 1.05, Prior.LocalDeviation * 1.05);
        Assert.All(fitted.AreaFactors.Values, factor => Assert.InRange(factor, 1 / 1.05, 1.05));
    }

    [Fact]
    public void How_smooth_a_station_is_says_nothing_about_areas_that_cannot_be_told_from_noise()
    {
        var smooth = Prior with { StationLocalDeviation = 0.06 };
        var history = SimulatedHistory.Draw(smooth, days: 90, seed: 8, withStations: true, noise: 4);
        var fitted = new ParameterFit(Quantity.Pm25, history, StateLayout.WithStations).Run(Prior, CancellationToken.None);
        output.WriteLine(FormattableString.Invariant($"station {fitted.StationLocalDeviation:F3}, areas {fitted.LocalDeviation:F3}"));
        Assert.InRange(fitted.StationLocalDeviation, 0, 0.8 * Prior.StationLocalDeviation);
        Assert.InRange(fitted.LocalDeviation, Prior.LocalDeviation / 1.1, Prior.LocalDeviation * 1.1);
    }

    /// <remarks>The noise of ten owners at epsilon 1. The station is heard without any.</remarks>
    [Fact]
    public void Rough_areas_beside_a_smooth_station_are_found_to_be_rough()
    {
        var truth = Prior with
        {
            LocalDeviation = 0.3, LocalMemory = 1.5, WhiteDeviation = 0.15, StationLocalDeviation = 0.12, StationLocalMemory = 6,
        };
        var history = SimulatedHistory.Draw(truth, days: 90, seed: 10, withStations: true, noise: 0.3);
        var fitted = new ParameterFit(Quantity.Pm25, history, StateLayout.WithStations).Run(Prior, CancellationToken.None);
        static double Own(ModelParameters p) => Math.Sqrt(
            p.LocalDeviation * p.LocalDeviation + p.WhiteDeviation * p.WhiteDeviation);
        output.WriteLine(FormattableString.Invariant(
            $"{fitted.LocalDeviation:F3} over {fitted.LocalMemory:F1} h, {fitted.WhiteDeviation:F3}, together {Own(fitted):F3} of {Own(truth):F3}"));
        Assert.InRange(Own(fitted), 0.85 * Own(truth), 1.15 * Own(truth));
    }

    /// <remarks>The noise of ten owners at epsilon 1.</remarks>
    [Fact]
    public void An_area_that_lies_farther_from_the_city_than_others_is_told_from_them()
    {
        var (rough, calm) = (SimulatedHistory.Areas[1], SimulatedHistory.Areas[3]);
        var truth = Prior with { AreaFactors = Prior.AreaFactors.Add(rough, 2).Add(calm, 0.5) };
        var history = SimulatedHistory.Draw(truth, days: 120, seed: 11, noise: 0.3);
        var fitted = new ParameterFit(Quantity.Pm25, history, StateLayout.WithoutStations).Run(Prior, CancellationToken.None);
        output.WriteLine(string.Join(", ", fitted.AreaFactors.Select(area => FormattableString.Invariant($"{area.Key} {area.Value:F2}"))));
        Assert.Equal(SimulatedHistory.Areas, fitted.AreaFactors.Keys);
        Assert.InRange(fitted.AreaFactors[rough], 1.3, 2.2);
        Assert.InRange(fitted.AreaFactors[calm], 0.45, 0.9);
        Assert.All(fitted.AreaFactors, area => Assert.True(
            area.Key == rough || area.Key == calm || (area.Value < fitted.AreaFactors[rough] / 1.2 && area.Value > fitted.AreaFactors[calm] * 1.1)));
    }

    /// <remarks>
    /// Ten areas lead; all have as many owners, so the last two in the order of quadkeys do not. The noise of twenty owners.
    /// </remarks>
    [Fact]
    public void An_area_beyond_those_that_lead_is_told_from_the_others_too()
    {
        var areas = Enumerable.Range(0, 12).Select(number => Area.Parse($"03{number / 4}{number % 4}")).ToArray();
        var (rough, calm) = (areas[10], areas[11]);
        var truth = Prior with { AreaFactors = Prior.AreaFactors.Add(rough, 2).Add(calm, 0.5) };
        var history = SimulatedHistory.Draw(truth, days: 60, seed: 12, noise: 0.1, areas: areas);
        var fitted = new ParameterFit(Quantity.Pm25, history, StateLayout.WithoutStations).Run(Prior, CancellationToken.None);
        output.WriteLine(string.Join(", ", fitted.AreaFactors.Select(area => FormattableString.Invariant($"{area.Key} {area.Value:F2}"))));
        Assert.Equal(areas, fitted.AreaFactors.Keys);
        Assert.InRange(fitted.AreaFactors[rough], 1.5, 2.2);
        Assert.InRange(fitted.AreaFactors[calm], 0.45, 0.8);
    }

    [Fact]
    public void The_same_data_always_give_the_same_parameters()
    {
        IReadOnlyDictionary<string, double> Run() => new ParameterFit(
            Quantity.Pm25, SimulatedHistory.Draw(Calm, days: 14, seed: 4), StateLayout.WithoutStations)
            .Run(Prior, CancellationToken.None).Named();
        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void What_is_not_fitted_stays()
    {
        var fitted = new ParameterFit(Quantity.Pm25, SimulatedHistory.Draw(Calm, days: 14, seed: 4), StateLayout.WithoutStations)
            .Run(Prior, CancellationToken.None);
        Assert.Equal(
            (Prior.LevelDeviation, Prior.LevelMemory, Prior.WaveMemory, Prior.OffsetMemory, Prior.HouseholdBias, Prior.HouseholdVariation),
            (fitted.LevelDeviation, fitted.LevelMemory, fitted.WaveMemory, fitted.OffsetMemory, fitted.HouseholdBias,
                fitted.HouseholdVariation));
    }

    [Fact]
    public void One_area_alone_can_be_fitted()
    {
        var area = Area.Parse("0310");
        var history = new FitHistory();
        foreach (var hour in SimulatedHistory.Draw(Calm, days: 14, seed: 5).Hours)
        {
            var day = PrivacyDay.Of(hour.Window, TimeZoneInfo.Utc);
            var plan = new ReleasePlan
            {
                Day = day, TimeZone = "UTC", FirstWindow = day.Windows(TimeZoneInfo.Utc)[0], LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
                Areas = [new(area, 30)], Quantities = [new(Quantity.Pm25, 0.95m, 0.78, 1.1)],
                Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
            };
            history.Add(hour.Window, new PlanContext(plan, [new OwnerCount(30, 0)]), [hour.Measured[0]]);
        }
        var fit = new ParameterFit(Quantity.Pm25, history, StateLayout.WithoutStations);
        var fitted = fit.Run(Prior, CancellationToken.None);
        Assert.Equal(1, fitted.Roughness);
        var likelihood = new CompositeLikelihood(new FitReplay(Quantity.Pm25, history, StateLayout.WithoutStations));
        Assert.True(likelihood.Of(fitted) > likelihood.Of(Prior));
    }

    [Fact]
    public void A_fit_can_be_given_up()
    {
        var fit = new ParameterFit(Quantity.Pm25, SimulatedHistory.Draw(Prior, days: 14, seed: 6), StateLayout.WithoutStations);
        Assert.ThrowsAny<OperationCanceledException>(() => fit.Run(Prior, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Parameters_are_read_back_as_they_were_published()
    {
        var ofAKind = Calm with { AreaFactors = Calm.AreaFactors.Add(Area.Parse("0311"), 1.7).Add(Area.Parse("031"), 0.8) };
        Assert.Equal(1.7, ofAKind.Named()["areaFactor/0311"]);
        Assert.Equal(ofAKind.Named(), ModelParameters.Of(Quantity.Pm25, ofAKind.Named()).Named());
        Assert.Equal(Calm, ModelParameters.Of(Quantity.Pm25, Calm.Named()));
        Assert.Equal(Prior, ModelParameters.Of(Quantity.Pm25, new Dictionary<string, double>()));
    }

    /// <summary>The deviation of an hour's change: what data show of deviation and memory first.</summary>
    static double Roughness(ModelParameters parameters) => parameters.CityDeviation * Math.Sqrt(1 - Math.Exp(-2 / parameters.CityMemory));
}
