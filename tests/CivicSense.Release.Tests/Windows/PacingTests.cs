using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Windows;

/// <summary>How a household's budget is spread over its day: docs/decisions/0011-pacing.md.</summary>
public sealed class PacingTests
{
    /// <summary>Grid^2 less the reserve for the activity in one area, floor(sqrt(0.05) * 65536)^2.</summary>
    const long Midnight = 65536L * 65536 - 14654L * 14654;

    /// <summary>A day of 24 windows with the default shares, which are 0.95 together.</summary>
    static readonly PrivatePlan Plan = Enrolments.Plan(Enrolments.InOnePlace(5));

    static readonly PrivatePlan ParticlesOnly = Enrolments.Plan(
        Enrolments.InOnePlace(5), new ReleaseOptions { Shares = ImmutableDictionary<string, decimal>.Empty.Add("pm2_5", 0.95m) });

    static readonly HourWindow[] Windows = [.. Plan.Public.Windows()];

    [Fact]
    public void An_extreme_hour_takes_its_pace_of_what_is_left_and_no_more()
    {
        // sqrt(1.5^2 / 24 * 0.40 / 0.95 * Midnight) = 12691.005, in either direction; in the 13th hour 12 are left: 17947.79.
        Assert.Equal(12691, Compute(Plan, Windows[0], [Particles(1, 900)]).Sums[0]);
        Assert.Equal(-12691, Compute(Plan, Windows[0], [Particles(1, 0)]).Sums[0]);
        Assert.Equal(17947, Compute(Plan, Windows[12], [Particles(1, 900)]).Sums[0]);
        // What is left is what counts: with a quarter of it half as much, 6345.50.
        Assert.Equal(6345, Compute(Plan, Windows[0], [Particles(1, 900)], new() { [1] = Midnight / 4 }).Sums[0]);
    }

    [Fact]
    public void An_ordinary_hour_is_as_without_pacing()
    {
        Contribution[] hour = [Particles(1, 17), Sound(1, 55), Particles(2, 9)];
        Assert.Equal(Compute(Unpaced(Plan), Windows[3], hour).Sums, Compute(Plan, Windows[3], hour).Sums);
    }

    [Fact]
    public void A_pollution_episode_at_noon_finds_budget_after_an_extreme_morning()
    {
        var paced = Day(Plan, _ => [Particles(1, 900)]);
        var unpaced = Day(Unpaced(Plan), _ => [Particles(1, 900)]);
        Assert.Equal(36428, unpaced[0][0]); // the cap of an hour
        Assert.Equal(0, unpaced[12][0]);
        // Each hour takes 2.25 * 0.40 / 0.95 parts of those that are left, so about (12 / 24)^0.947 of the budget are left at noon.
        Assert.Equal(12_900, (double)paced[12][0], 200.0);
        Assert.True(paced[23][0] > 9_000);
    }

    [Fact]
    public void Budget_that_was_not_spent_is_carried_to_later_hours()
    {
        var quietMorning = Day(Plan, hour => hour < 12 ? [] : [Particles(1, 900)]);
        var loudMorning = Day(Plan, _ => [Particles(1, 900)]);
        Assert.Equal(17947, quietMorning[12][0]);
        Assert.True(quietMorning[12][0] > loudMorning[12][0]);
    }

    [Fact]
    public void The_last_hour_may_take_all_that_a_single_quantity_has_left()
    {
        // The cap is sqrt(0.95) / 1.25 * ln 3 * 65536 = 56140.5, above what a quarter of the budget allows: 31938.3.
        Assert.Equal(31938, Compute(ParticlesOnly, Windows[23], [Particles(1, 900)], new() { [1] = Midnight / 4 }).Sums[0]);
        Assert.Equal(56140, Compute(ParticlesOnly, Windows[23], [Particles(1, 900)]).Sums[0]);
    }

    [Fact]
    public void One_quantity_leaves_the_others_their_part_of_the_hour()
    {
        foreach (var window in Windows)
        {
            var alone = Compute(Plan, window, [Sound(1, 130)], new() { [1] = Midnight / 9 });
            var together = Compute(Plan, window, [Particles(1, 900), Sound(1, 130)], new() { [1] = Midnight / 9 });
            Assert.NotEqual(0, alone.Sums[2]);
            Assert.Equal(alone.Sums[2], together.Sums[2]);
        }
    }

    [Fact]
    public void A_household_in_two_areas_has_one_pace_for_both()
    {
        var other = Enrolments.Inside("2");
        var plan = Enrolments.Plan(
        [
            .. Enrolments.InOnePlace(6), .. Enumerable.Range(7, 5).Select(id => Enrolments.Device(id, id, other)),
            Enrolments.Device(12, 1, other),
        ]);
        var sums = Compute(plan, Windows[0], [Particles(1, 900), Particles(12, 900)]).Sums;
        // sqrt(1.5^2 / 24 * 0.40 / 0.95 / 2 * (65536^2 - 2 * 14654^2)) = 8734.6 in each
        Assert.Equal([8734, 0, 0, 0, 8734, 0, 0, 0], sums);
    }

    [Fact]
    public void No_hour_takes_more_than_its_pace_whatever_is_measured() => Enrolments.ForAllSeeds(seed =>
    {
        var random = new Random(seed);
        var pacing = 1 + 4 * (decimal)random.NextDouble();
        var plan = Enrolments.Plan(Enrolments.InOnePlace(5), new ReleaseOptions { Pacing = pacing });
        Dictionary<int, long> budgets = [];
        for (var hour = 0; hour < Windows.Length; hour++)
        {
            var before = budgets.GetValueOrDefault(1, Midnight);
            var sums = Compute(
                plan, Windows[hour], [Particles(1, Math.Exp(7 * random.NextDouble())), Sound(1, 20 + 110 * random.NextDouble())], budgets);
            var even = before / (double)(Windows.Length - hour);
            Assert.InRange((double)(sums.Sums[0] * sums.Sums[0]), 0, (double)(pacing * pacing) * 0.40 / 0.95 * even * (1 + 1e-9));
            Assert.InRange((double)(sums.Sums[2] * sums.Sums[2]), 0, (double)(pacing * pacing) * 0.30 / 0.95 * even * (1 + 1e-9));
            budgets[1] = sums.Budgets[1];
        }
    }, tests: 60);

    [Fact]
    public void A_household_s_pace_follows_its_own_budget_alone()
    {
        Contribution[] hour = [Particles(1, 900), Particles(2, 900)];
        var fresh = Compute(Plan, Windows[12], hour).Sums[0];
        Assert.Equal(2 * 17947, fresh);
        Assert.Equal(17947, Compute(Plan, Windows[12], hour, new() { [1] = 0 }).Sums[0]);
        Assert.Equal(17947, Compute(Plan, Windows[12], [Particles(2, 900)], new() { [1] = 0, [3] = 1 }).Sums[0]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Midnight + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_stored_budget_that_no_day_could_leave_is_spent(long stored) =>
        Assert.Equal(0, Compute(Plan, Windows[12], [Particles(1, 900)], new() { [1] = stored }).Sums[0]);

    static PrivatePlan Unpaced(PrivatePlan plan) => plan with { Public = plan.Public with { Pacing = 0 } };

    /// <summary>The exact sums of every hour of a day.</summary>
    static IReadOnlyList<Int128>[] Day(PrivatePlan plan, Func<int, Contribution[]> contributions)
    {
        Dictionary<int, long> budgets = [];
        return
        [
            .. Windows.Select((window, hour) =>
            {
                var sums = Compute(plan, window, contributions(hour), budgets);
                foreach (var (owner, left) in sums.Budgets)
                    budgets[owner] = left;
                return sums.Sums;
            }),
        ];
    }

    static WindowSums Compute(
        PrivatePlan plan, HourWindow window, IReadOnlyList<Contribution> contributions, Dictionary<int, long>? budgets = null) =>
        WindowSums.Compute(WindowRelease.MechanismOf(plan.Public), plan, window, contributions, budgets ?? [],
            [.. Enumerable.Range(0, plan.Public.KeyCount)
                .Select(key => plan.Public.Quantities[key % plan.Public.Quantities.Length].Quantity.PriorMean)]);

    static Contribution Particles(int device, double value) => new(device, Quantity.Pm25.Ordinal, default, 1, value, 0);

    static Contribution Sound(int device, double decibels) =>
        new(device, Quantity.Laeq.Ordinal, default, 1, Math.Pow(10, decibels / 10), 0);
}
