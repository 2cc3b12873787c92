using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>When hours, days, weeks and months are written, and what their intervals are worth.</summary>
public sealed class SeriesBookTests(ITestOutputHelper output)
{
    /// <summary>A Friday.</summary>
    static readonly PrivacyDay May = PrivacyDay.Parse("2026-05-01");

    static readonly string[] Fine = ["0310", "0311", "0312", "0320", "0321"];

    static TimeZoneInfo London => TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    [Fact]
    public async Task Days_weeks_and_months_are_written_live_when_they_end_and_final_48_hours_later()
    {
        // Until Friday, 19 June.
        var simulation = Simulation(seed: 21, days: 50);
        await simulation.RunAsync();
        var (written, nodes) = (simulation.Commons.WrittenAfter, AreaTree.Build(Fine.Select(Area.Parse)).Nodes);
        foreach (var (resolution, periods) in new[] { (Resolution.Day, 48), (Resolution.Week, 6), (Resolution.Month, 1) })
        {
            var live = written.Where(entry => entry.Key.Resolution == resolution && entry.Key.Status == EstimateStatus.Live).ToList();
            var final = written.Where(entry => entry.Key.Resolution == resolution && entry.Key.Status == EstimateStatus.Final).ToList();
            // Two days more are over, but not for 48 hours.
            Assert.Equal(nodes.Length * (periods + (resolution == Resolution.Day ? 2 : 0)), live.Count);
            Assert.Equal(nodes.Length * periods, final.Count);
            Assert.All(live, entry => Assert.Equal(PeriodOf(entry.Key.Resolution, entry.Key.Start).End(London), entry.Value.End));
            Assert.All(final, entry => Assert.Equal(PeriodOf(entry.Key.Resolution, entry.Key.Start).End(London)
                .AddHours(48), entry.Value.End));
        }
        AssertWrittenOnce(simulation);
    }

    [Fact]
    public async Task An_hour_becomes_final_exactly_48_hours_after_its_end()
    {
        var simulation = Simulation(seed: 22, days: 6);
        await simulation.RunAsync();
        var hours = simulation.Commons.WrittenAfter.Where(entry => entry.Key.Resolution == Resolution.Hour)
            .ToLookup(entry => entry.Key.Status);
        Assert.All(hours[EstimateStatus.Live], entry => Assert.Equal(entry.Key.Start, entry.Value.Start));
        Assert.All(hours[EstimateStatus.Final], entry => Assert.Equal(entry.Key.Start.AddHours(48), entry.Value.Start));
        Assert.Equal(hours[EstimateStatus.Live].Count() - 8 * 48, hours[EstimateStatus.Final].Count());
        AssertWrittenOnce(simulation);
    }

    [Theory]
    [InlineData(42, true)]
    [InlineData(43, false)]
    public async Task A_week_counts_if_three_quarters_of_its_hours_were_released(int hoursOff, bool isWritten)
    {
        var simulation = Simulation(seed: 23, days: 14);
        var monday = PrivacyDay.Parse("2026-05-04");
        simulation.SwitchNodeOff(new HourWindow(monday.Windows(London)[0].Index + 40), hoursOff);
        await simulation.RunAsync();
        var weeks = simulation.Commons.Stored.Where(estimate => estimate.Resolution == Resolution.Week).ToList();
        Assert.Equal(isWritten ? 8 : 0, weeks.Count);
        Assert.All(weeks, week => Assert.Equal((monday.Windows(London)[0].Start, 168), (week.Start, (week.End - week.Start).TotalHours)));
    }

    [Fact]
    public async Task An_area_that_merges_away_in_a_week_has_no_estimate_of_the_week()
    {
        var wednesday = PrivacyDay.Parse("2026-05-13");
        var simulation = Simulation(seed: 24, days: 26, day => day < wednesday ? Fine : ["031", "0320", "0321"]);
        await simulation.RunAsync();
        var weeks = simulation.Commons.Stored.Where(estimate => estimate.Resolution == Resolution.Week)
            .ToLookup(estimate => estimate.Area.QuadKey, StartOf);
        // The weeks from 4, 11 and 18 May are over.
        Assert.Equal(["2026-05-04"], weeks["0310"]);
        // The merged area speaks for the same households as its parent before, but is another measurement: too little of the week.
        Assert.Equal(["2026-05-04", "2026-05-18"], weeks["031"]);
        Assert.Equal(["2026-05-04", "2026-05-11", "2026-05-18"], weeks["0320"]);
        Assert.Equal(["2026-05-04", "2026-05-11", "2026-05-18"], weeks["03"]);
        // The days before are not lost.
        Assert.Equal(EstimateStatus.Final, simulation.Commons.Stored.Single(estimate =>
            estimate.Resolution == Resolution.Day && estimate.Area.QuadKey == "0310" && StartOf(estimate) == "2026-05-12").Status);
    }

    [Fact]
    public async Task An_area_that_appears_on_a_Tuesday_has_an_estimate_of_its_first_week()
    {
        var tuesday = PrivacyDay.Parse("2026-05-12");
        var simulation = Simulation(seed: 25, days: 18, day => day < tuesday ? ["031", "0320", "0321"] : Fine);
        await simulation.RunAsync();
        var week = simulation.Commons.Stored.Single(estimate => estimate.Resolution == Resolution.Week && estimate.Area.QuadKey == "0310");
        Assert.Equal("2026-05-11", StartOf(week));
    }

    /// <remarks>
    /// Four neighbourhoods over eight weeks: about 190 weeks of areas and 30 of the city, 32 months, whose errors are correlated across
    /// areas. Hence 0.88 for what should be 0.95.
    /// </remarks>
    [Fact]
    public async Task Intervals_of_weeks_and_months_cover_the_truth_and_are_not_added_up()
    {
        var simulations = new List<SimulatedNeighbourhood>();
        for (var seed = 31; seed < 35; seed++)
        {
            simulations.Add(Simulation(seed, days: 59));
            await simulations[^1].RunAsync();
        }
        foreach (var status in Enum.GetValues<EstimateStatus>())
        {
            var weeks = Score.Of(simulations, Resolution.Week, status, warmUpHours: 0);
            var months = Score.Of(simulations, Resolution.Month, status, warmUpHours: 0);
            var days = Score.Of(simulations, Resolution.Day, status);
            output.WriteLine($"{status}: days {days}, weeks {weeks}, months {months}");
            Assert.InRange(weeks.Coverage, 0.88, 1);
            Assert.InRange(months.Coverage, 0.84, 1);
            Assert.True(weeks.Error < days.Error && months.Error < weeks.Error);
        }
        foreach (var simulation in simulations)
        {
            var final = simulation.Commons.Stored.Where(estimate => estimate.Status == EstimateStatus.Final).ToList();
            foreach (var month in final.Where(estimate => estimate.Resolution == Resolution.Month))
            {
                var days = final.Where(day =>
                    day.Resolution == Resolution.Day && day.Area == month.Area && day.Start >= month.Start && day.Start < month.End)
                        .ToList();
                Assert.Equal(31, days.Count);
                // Errors that were the same every day would leave the mean's as large as a day's; independent ones would add up like
                // squares.
                var independent = Math.Sqrt(days.Sum(day => day.StandardError * day.StandardError)) / days.Count;
                Assert.InRange(month.StandardError, 1.1 * independent, 0.95 * days.Average(day => day.StandardError));
            }
        }
    }

    /// <remarks>
    /// Levels go up and down by 4 dB over the day, so their energetic mean lies about 1 dB above the arithmetic one. Enough households that
    /// an hour is known to 2 dB: this neighbourhood is calmer than the constants expect, and what is unsure counts with its mean.
    /// </remarks>
    [Fact]
    public async Task A_day_of_sound_is_the_energetic_mean_of_its_hours()
    {
        var simulation = new SimulatedNeighbourhood(seed: 26)
        {
            FirstDay = May, Days = 14, Areas = [.. Fine.Select(area => (area, 80))], Quantities = [(Quantity.Laeq, 0.95m)],
        };
        await simulation.RunAsync();
        var energetic = Score.Of(simulation, Resolution.Day, EstimateStatus.Final);
        var arithmetic = simulation.Commons.Stored.Where(
            estimate => estimate.Resolution == Resolution.Day && estimate.Status == EstimateStatus.Final)
            .Average(day => day.Value - simulation.Truth.Where(truth =>
                truth.Key.Item1 == day.Area && truth.Key.Item3 == Resolution.Hour && truth.Key.Item4 >= day.Start
                    && truth.Key.Item4 < day.End).Average(hour => hour.Value));
        output.WriteLine(FormattableString.Invariant($"{energetic}, above the arithmetic mean by {arithmetic:F3}"));
        Assert.InRange(energetic.Bias, -0.5, 0.5);
        Assert.InRange(arithmetic, 0.7, 2);
    }

    static SimulatedNeighbourhood Simulation(int seed, int days, Func<PrivacyDay, string[]>? areasOf = null) =>
        new(seed) { FirstDay = May, Days = days, Areas = [.. Fine.Select(area => (area, 20))], AreasOf = areasOf };

    static Period PeriodOf(Resolution resolution, DateTimeOffset start) =>
        Period.Of(PrivacyDay.Of(HourWindow.Containing(start), London)).Single(period => period.Resolution == resolution);

    static string StartOf(Estimate estimate) => PrivacyDay.Of(HourWindow.Containing(estimate.Start), London).ToString();

    static void AssertWrittenOnce(SimulatedNeighbourhood simulation) =>
        Assert.Equal(simulation.Commons.Written.Count, simulation.Commons.WrittenAfter.Count);
}
