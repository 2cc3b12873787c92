using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <remarks>
/// The simulations are seeded, so each figure is one fixed number and no run fails by chance. A figure counts 80 to 8,000 estimates, whose
/// errors are correlated over hours and across areas; hence 0.90 as the bound for a coverage of 0.95.
/// </remarks>
public sealed class NeighbourhoodEstimatorTests(ITestOutputHelper output)
{
    static readonly PrivacyDay May = PrivacyDay.Parse("2026-05-01");

    static (string, int)[] FiveAreas(int owners) =>
        [("0310", owners), ("0311", owners), ("0312", owners), ("0320", owners), ("0321", owners)];

    [Theory]
    [InlineData(10, 2.0)]
    [InlineData(20, 1.4)]
    [InlineData(50, 0.7)]
    public async Task Intervals_cover_what_the_sensors_measured_on_average(int owners, double dailyError)
    {
        var simulations = await Run(seed => new SimulatedNeighbourhood(seed) { FirstDay = May, Days = 18, Areas = FiveAreas(owners) });
        foreach (var resolution in new[] { Resolution.Hour, Resolution.Day })
        {
            foreach (var status in Enum.GetValues<EstimateStatus>())
            {
                var leaves = Score.Of(simulations, resolution, status, estimate => estimate.Area.Zoom == 4);
                var parents = Score.Of(simulations, resolution, status, estimate => estimate.Area.Zoom < 4);
                output.WriteLine($"{owners} owners, {status} {resolution}: areas {leaves}; parents {parents}");
                Assert.InRange(leaves.Coverage, 0.90, 1);
                // All areas are surprised by the same episodes: of parents' days, fewer are independent.
                Assert.InRange(parents.Coverage, 0.88, 1);
                if (resolution == Resolution.Day)
                    Assert.InRange(leaves.Error, 0, dailyError);
            }
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(100)]
    public async Task An_estimate_is_never_worse_than_the_baseline_it_started_from(int owners)
    {
        var simulation = new SimulatedNeighbourhood(seed: 2) { FirstDay = May, Areas = FiveAreas(owners) };
        await simulation.RunAsync();
        var live = LiveHoursOfReleaseAreas(simulation);
        var estimate = live.Average(hour => Math.Abs(hour.Value - simulation.Truth[Score.Key(hour)]));
        var baseline = live.Average(hour => Math.Abs(simulation.Baselines[Score.Key(hour)] - simulation.Truth[Score.Key(hour)]));
        var prior = live.Average(hour => Math.Abs(hour.Quantity.PriorMean - simulation.Truth[Score.Key(hour)]));
        output.WriteLine(FormattableString.Invariant($"{owners} owners: estimate {estimate:F3}, baseline {baseline:F3}, prior {prior:F3}"));
        Assert.InRange(estimate, 0, 1.02 * baseline);
    }

    [Fact]
    public async Task Prediction_beats_the_prior_constant()
    {
        var simulation = new SimulatedNeighbourhood(seed: 3) { FirstDay = May, Areas = FiveAreas(20) };
        await simulation.RunAsync();
        var live = LiveHoursOfReleaseAreas(simulation);
        var prior = live.Average(hour => Math.Abs(hour.Quantity.PriorMean - simulation.Truth[Score.Key(hour)]));
        var baseline = live.Average(hour => Math.Abs(simulation.Baselines[Score.Key(hour)] - simulation.Truth[Score.Key(hour)]));
        Assert.InRange(baseline, 0, 0.8 * prior);
    }

    [Fact]
    public async Task Final_estimates_are_better_than_live_ones()
    {
        var simulations = await Run(seed => new SimulatedNeighbourhood(seed) { FirstDay = May, Days = 20, Areas = FiveAreas(20) });
        // Those of the last two days are not final yet.
        var end = May.Windows(London)[0].Start.AddDays(18);
        foreach (var (resolution, share) in new[] { (Resolution.Hour, 0.93), (Resolution.Day, 1) })
        {
            var live = Score.Of(simulations, resolution, EstimateStatus.Live, estimate => estimate.Start < end);
            var revised = Score.Of(simulations, resolution, EstimateStatus.Final);
            output.WriteLine($"{resolution}: live {live}, final {revised}");
            Assert.Equal(live.Count, revised.Count);
            Assert.InRange(revised.Error, 0, share * live.Error);
        }
    }

    [Fact]
    public async Task Sound_and_temperature_are_covered_too()
    {
        var simulation = new SimulatedNeighbourhood(seed: 5)
        {
            FirstDay = May, Areas = FiveAreas(30),
            Quantities = [(Quantity.Pm25, 0.4m), (Quantity.Laeq, 0.35m), (Quantity.Temperature, 0.2m)],
        };
        await simulation.RunAsync();
        foreach (var (quantity, _) in simulation.Quantities)
        {
            foreach (var resolution in new[] { Resolution.Hour, Resolution.Day })
            {
                var score = Score.Of(simulation, resolution, EstimateStatus.Final, estimate => estimate.Quantity == quantity);
                output.WriteLine($"{quantity} {resolution}: {score}");
                Assert.InRange(score.Coverage, 0.90, 1);
            }
        }
    }

    /// <remarks>
    /// That half of the owners are never heard is three deviations off what is assumed at first, and a day's activity errs by 19 owners: it
    /// takes two weeks to be noticed.
    /// </remarks>
    [Fact]
    public async Task Half_of_the_enrolled_owners_being_active_is_noticed_and_covered()
    {
        var simulations =
            await Run(seed => new SimulatedNeighbourhood(seed) { FirstDay = May, Days = 35, Areas = FiveAreas(30), ActiveShare = 0.5 });
        var hours = Score.Of(simulations, Resolution.Hour, EstimateStatus.Final, warmUpHours: 14 * 24);
        var days = Score.Of(simulations, Resolution.Day, EstimateStatus.Final, warmUpHours: 14 * 24);
        output.WriteLine($"hours {hours}, days {days}");
        Assert.InRange(hours.Coverage, 0.92, 1);
        Assert.InRange(days.Coverage, 0.88, 1);

        foreach (var commons in simulations.Select(simulation => simulation.Commons))
        {
            var counts = new ActiveOwners();
            foreach (var (day, plan) in commons.Plans)
                counts.Learn(plan, [.. commons.Activity.Where(activity => activity.Day == day)]);
            var learnt = counts.Counts(commons.Plans[May]);
            Assert.All(learnt, count => Assert.InRange(15, count.Value - 3 * count.Deviation, count.Value + 3 * count.Deviation));
            Assert.InRange(learnt.Average(count => count.Value), 12, 20);
        }
    }

    /// <remarks>
    /// After five silent days few of 200 owners are believed to be active: all of them release several times what the believed ones can.
    /// Without the bound estimates are 0 to 8.5 times the truth.
    /// </remarks>
    [Fact]
    public async Task Areas_of_many_owners_that_come_back_after_days_are_not_thought_to_be_full_of_smoke()
    {
        var simulation = new SimulatedNeighbourhood(seed: 6)
        {
            FirstDay = May, Days = 9, Areas = FiveAreas(200), ActiveShareOf = day => day < 5 ? 0 : 1,
        };
        await simulation.RunAsync();
        var back = May.Windows(London)[0].Start.AddDays(5);
        var ratios = LiveHoursOfReleaseAreas(simulation).Where(hour => hour.Start >= back)
            .Select(hour => hour.Value / simulation.Truth[Score.Key(hour)]).ToList();
        output.WriteLine(FormattableString.Invariant($"estimate over truth: {ratios.Min():F2} to {ratios.Max():F2}"));
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.25, 3));
    }

    [Fact]
    public async Task Every_released_hour_and_every_day_becomes_final_exactly_once()
    {
        var simulation = new SimulatedNeighbourhood(seed: 7) { FirstDay = May, Days = 7, Areas = FiveAreas(10) };
        simulation.SwitchNodeOff(new HourWindow(May.Next.Next.Windows(London)[5].Index), 3);
        await simulation.RunAsync();
        var final = simulation.Commons.Written.Where(estimate => estimate.Status == EstimateStatus.Final).ToList();
        Assert.Equal(final.Count, final.Select(Score.Key).Distinct().Count());
        var nodes = AreaTree.Build(simulation.Areas.Select(area => Area.Parse(area.QuadKey))).Nodes.Length;
        // Five of seven days are older than two days; in three hours of them nothing was released.
        Assert.Equal(nodes * 5, final.Count(estimate => estimate.Resolution == Resolution.Day));
        Assert.Equal(nodes * (5 * 24 - 3), final.Count(estimate => estimate.Resolution == Resolution.Hour));
    }

    [Fact]
    public async Task Days_with_gaps_of_hours_are_covered()
    {
        var simulation = new SimulatedNeighbourhood(seed: 8) { FirstDay = May, Areas = FiveAreas(20) };
        for (var i = 3; i < 12; i++)
            simulation.SwitchNodeOff(new HourWindow(new PrivacyDay(May.Date.AddDays(i)).Windows(London)[7 + i].Index), i);
        await simulation.RunAsync();
        Assert.InRange(Score.Of(simulation, Resolution.Hour, EstimateStatus.Live).Coverage, 0.90, 1);
        Assert.InRange(Score.Of(simulation, Resolution.Day, EstimateStatus.Final).Coverage, 0.90, 1);
    }

    [Theory]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-25", 25)]
    public async Task A_day_on_which_clocks_change_covers_its_own_number_of_hours(string date, int hours)
    {
        var changed = PrivacyDay.Parse(date);
        var simulation =
            new SimulatedNeighbourhood(seed: 9) { FirstDay = new PrivacyDay(changed.Date.AddDays(-2)), Days = 5, Areas = FiveAreas(20) };
        await simulation.RunAsync();
        var day = simulation.Commons.Stored.Single(estimate => estimate.Resolution == Resolution.Day && estimate.Area.QuadKey == "0310"
            && PrivacyDay.Of(HourWindow.Containing(estimate.Start), London) == changed);
        Assert.Equal(hours, (day.End - day.Start).TotalHours);
        Assert.Equal(EstimateStatus.Final, day.Status);
        Assert.Equal(hours, simulation.Commons.Stored.Count(estimate => estimate.Resolution == Resolution.Hour
            && estimate.Area == day.Area && estimate.Start >= day.Start && estimate.Start < day.End));
    }

    [Fact]
    public async Task A_restored_estimator_goes_on_as_if_nothing_had_happened()
    {
        async Task<MemoryCommons> Run(bool restart)
        {
            var simulation = new SimulatedNeighbourhood(seed: 10) { FirstDay = May, Days = 8, Areas = FiveAreas(15) };
            await simulation.RunAsync(async (estimator, window) =>
            {
                if (!restart || window.Index % 37 != 0)
                    return estimator;
                var before = simulation.Commons.Written.Count;
                var restored = simulation.CreateEstimator();
                await restored.RestoreAsync(simulation.Commons, CancellationToken.None);
                Assert.Equal(before, simulation.Commons.Written.Count);
                return restored;
            });
            return simulation.Commons;
        }
        Assert.Equal((await Run(restart: false)).Written, (await Run(restart: true)).Written);
    }

    /// <remarks>
    /// The first fit is after two weeks, that of the roughness a week later: restarts fall before them, between them and their first use,
    /// and after.
    /// </remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restored_estimator_goes_on_across_a_fit_as_if_nothing_had_happened(bool withStations)
    {
        HourWindow[] fits = [.. new[] { 14, 21 }.Select(day => new HourWindow(May.Windows(London)[0].Index + day * 24))];
        async Task<MemoryCommons> Run(bool restart)
        {
            var simulation = new SimulatedNeighbourhood(seed: 15)
            {
                FirstDay = May, Days = 23, Areas = FiveAreas(15), Options = new EstimatorOptions(),
                Stations = withStations ? [new SimulatedStation("a"), new SimulatedStation("b") { Delay = 2, Bias = -0.1 }] : [],
            };
            await simulation.RunAsync(async (estimator, window) =>
            {
                if (!restart || (window.Index % 71 != 0 && !fits.Contains(window) && !fits.Contains(window.Next)))
                    return estimator;
                var restored = simulation.CreateEstimator();
                await restored.RestoreAsync(simulation.Commons, CancellationToken.None);
                return restored;
            });
            return simulation.Commons;
        }
        var (complete, restarted) = (await Run(restart: false), await Run(restart: true));
        Assert.Equal([(1, fits[0]), (2, fits[1])], complete.Versions.Select(version => (version.Number, version.From)));
        Assert.Equal(complete.Versions.Select(version => version.Values), restarted.Versions.Select(version => version.Values));
        Assert.Equal(complete.Measurements, restarted.Measurements);
        Assert.Equal(complete.Written, restarted.Written);
    }

    [Fact]
    public async Task A_version_is_stored_before_its_first_window()
    {
        var simulation = new SimulatedNeighbourhood(seed: 16) { FirstDay = May, Days = 29, Areas = FiveAreas(10)[..2],
            Options = new EstimatorOptions() };
        await simulation.RunAsync();
        Assert.Equal([14, 21, 28], simulation.Commons.Versions.Select(version => (version.From.Index - May.Windows(London)[0].Index) / 24));
        Assert.All(simulation.Commons.Versions, version => Assert.Equal(version.From, simulation.Commons.StoredAfter[version.Number].Next));
    }

    [Fact]
    public async Task A_day_told_twice_counts_once()
    {
        async Task<MemoryCommons> Run(bool twice)
        {
            var simulation = new SimulatedNeighbourhood(seed: 17)
            {
                FirstDay = May, Days = 16, Areas = FiveAreas(10)[..2], TellsDaysTwice = twice, Options = new EstimatorOptions(),
            };
            await simulation.RunAsync();
            return simulation.Commons;
        }
        var (once, repeated) = (await Run(twice: false), await Run(twice: true));
        Assert.Equal(once.Written, repeated.Written);
        Assert.Single(repeated.Versions);
    }

    [Fact]
    public async Task Restoring_writes_the_estimates_that_a_crash_lost()
    {
        var simulation = new SimulatedNeighbourhood(seed: 11) { FirstDay = May, Days = 5, Areas = FiveAreas(15) };
        await simulation.RunAsync((estimator, window) =>
        {
            simulation.Commons.Losing = window >= May.Next.Next.Next.Windows(London)[6];
            return Task.FromResult(estimator);
        });
        var complete = new SimulatedNeighbourhood(seed: 11) { FirstDay = May, Days = 5, Areas = FiveAreas(15) };
        await complete.RunAsync();

        simulation.Commons.Losing = false;
        await new NeighbourhoodEstimator(simulation.Commons).RestoreAsync(simulation.Commons, CancellationToken.None);
        Assert.Equal(complete.Commons.Stored.ToHashSet(), simulation.Commons.Stored.ToHashSet());
    }

    [Fact]
    public async Task Telling_a_window_twice_changes_nothing()
    {
        var simulation = new SimulatedNeighbourhood(seed: 12) { FirstDay = May, Days = 1, Areas = FiveAreas(15) };
        var estimator = await simulation.RunAsync();
        var plan = simulation.Commons.Plans[May];
        var (before, after) = (new double[plan.KeyCount], new double[plan.KeyCount]);
        var last = plan.Windows().Last();
        estimator.Predict(plan, last.Next, before);
        await estimator.WindowReleasedAsync(
            plan, last, [.. simulation.Commons.Measurements.Where(measurement => measurement.Window == last)], CancellationToken.None);
        estimator.Predict(plan, last.Next, after);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Areas_that_merge_and_split_at_midnight_keep_what_is_known()
    {
        string[] fine = ["0310", "0311", "0312", "0320", "0321"];
        string[] coarse = ["031", "0320", "0321"];
        var simulations = await Run(seed => new SimulatedNeighbourhood(seed)
        {
            FirstDay = May, Days = 20, Areas = FiveAreas(20), AreasOf = day =>
                (day.Date.DayNumber - May.Date.DayNumber) / 4 % 2 == 0 ? fine : coarse,
        });
        output.WriteLine(
            $"hours {Score.Of(simulations, Resolution.Hour, EstimateStatus.Live)}, "
                + $"days {Score.Of(simulations, Resolution.Day, EstimateStatus.Final)}");
        Assert.InRange(Score.Of(simulations, Resolution.Hour, EstimateStatus.Live).Coverage, 0.90, 1);
        Assert.InRange(Score.Of(simulations, Resolution.Day, EstimateStatus.Final).Coverage, 0.90, 1);
        var simulation = simulations[0];
        var firstMerged = simulation.Commons.Plans[new PrivacyDay(May.Date.AddDays(4))];
        var baseline = simulation.Baselines[(Area.Parse("031"), Quantity.Pm25, Resolution.Hour, firstMerged.FirstWindow.Start)];
        var parts = simulation.Commons.Written
            .Where(e => e.Resolution == Resolution.Hour
                && e.End == firstMerged.FirstWindow.Start && e.Area.Zoom == 4 && e.Area.QuadKey.StartsWith("031", StringComparison.Ordinal))
            .ToList();
        Assert.InRange(baseline, 0.7 * parts.Min(e => e.Value), 1.3 * parts.Max(e => e.Value));
    }

    [Fact]
    public async Task An_outer_release_area_speaks_for_everybody_in_its_cell()
    {
        var simulation = new SimulatedNeighbourhood(seed: 14) { FirstDay = May, Areas = [("031", 20), ("0311", 20), ("0312", 20)] };
        await simulation.RunAsync();
        Assert.InRange(Score.Of(simulation, Resolution.Day, EstimateStatus.Final, e => e.Area.QuadKey == "031").Coverage, 0.90, 1);
        Assert.InRange(Score.Of(simulation, Resolution.Hour, EstimateStatus.Live, e => e.Area.QuadKey == "031").Coverage, 0.90, 1);
    }

    [Fact]
    public void Before_anything_is_released_the_prior_is_predicted()
    {
        var estimator = new NeighbourhoodEstimator(new MemoryCommons());
        var plan = new ReleasePlan
        {
            Day = May, TimeZone = "Europe/London", FirstWindow = May.Windows(London)[0], LastWindow = May.Windows(London)[^1],
            Areas = [new(Area.Parse("0310"), 10)],
            Quantities = [new(Quantity.Pm25, 0.5m, 0.47, 1.1), new(Quantity.Laeq, 0.4m, 0.32, 1.5)],
            Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
        };
        var baselines = new double[2];
        estimator.Predict(plan, plan.FirstWindow, baselines);
        Assert.Equal([Quantity.Pm25.PriorMean, Quantity.Laeq.PriorMean], baselines.Select(value => Math.Round(value, 9)));
        Assert.Throws<ArgumentException>(() => estimator.Predict(plan, plan.FirstWindow, new double[1]));
    }

    /// <summary>Three neighbourhoods, the same every time.</summary>
    static async Task<List<SimulatedNeighbourhood>> Run(Func<int, SimulatedNeighbourhood> create)
    {
        List<SimulatedNeighbourhood> simulations = [create(1), create(2), create(3)];
        foreach (var simulation in simulations)
            await simulation.RunAsync();
        return simulations;
    }

    static TimeZoneInfo London => TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    static List<Estimate> LiveHoursOfReleaseAreas(SimulatedNeighbourhood simulation) =>
        [.. simulation.Commons.Written.Where(estimate => estimate.Resolution == Resolution.Hour && estimate.Status == EstimateStatus.Live
            && simulation.Baselines.ContainsKey(Score.Key(estimate)) && simulation.Truth.ContainsKey(Score.Key(estimate)))];
}
