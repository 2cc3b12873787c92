using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Windows;

/// <summary>
/// Assumptions A3, A5 and A6 of docs/privacy/owner-day.md. The tests of single numbers are of a plan without pacing, which <see
/// cref="PacingTests"/> has.
/// </summary>
public sealed class WindowSumsTests
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
    static readonly ReleaseOptions Unpaced = new() { Pacing = 0 };
    static readonly PrivatePlan OneArea = Enrolments.Plan(Enrolments.InOnePlace(5), Unpaced);
    static readonly Dictionary<int, long> Nothing = [];

    [Fact]
    public void One_reading_above_the_baseline_adds_its_weighted_log_ratio()
    {
        // sqrt(0.4) / 1.25 * ln((17 + 3) / (12 + 3)) * 65536 = 9539.22, toward zero.
        var sums = Compute(OneArea, [Reading(1, Quantity.Pm25, 17)]);
        Assert.Equal([9539, 0, 0, 0], sums.Sums);
        // Grid^2 less floor(sqrt(0.05) * 65536)^2 for one area, less the square of what was added.
        Assert.Equal(65536L * 65536 - 14654L * 14654 - 9539L * 9539, sums.Budgets[1]);
        Assert.Equal([new ActiveOwner(1, 0)], sums.ActiveOwners);
    }

    [Fact]
    public void A_value_below_the_baseline_is_rounded_toward_zero_too() =>
        Assert.Equal(-9539, Compute(OneArea, [Reading(1, Quantity.Pm25, 8.25)]).Sums[0]); // (8.25 + 3) / 15 = 15 / 20

    [Fact]
    public void An_hours_residual_is_capped() =>
        Assert.Equal(36428, Compute(OneArea, [Reading(1, Quantity.Pm25, 900)]).Sums[0]); // sqrt(0.4) / 1.25 * ln 3 * 65536 = 36428.8

    [Fact]
    public void The_sound_of_an_hour_is_the_energetic_mean()
    {
        // Two readings, 60 dB and silence in energy terms: 10 log10(10^6 / 2) = 56.99 dB, not the arithmetic mean.
        var sum = Compute(OneArea, [new Contribution(1, Quantity.Laeq.Ordinal, Window, 2, 1e6, 0)]).Sums[2];
        Assert.Equal((Int128)(Math.Sqrt(0.3) / 2 * 65536 * (10 * Math.Log10(5e5) - 52) / 10), sum);
        Assert.Equal(14358, Compute(OneArea, [Reading(1, Quantity.Laeq, 60)]).Sums[2]); // sqrt(0.3) / 2 * 0.8 * 65536 = 14358.2
    }

    [Fact]
    public void Several_devices_of_a_household_in_an_area_count_as_their_mean()
    {
        var plan = Enrolments.Plan(
            [.. Enrolments.InOnePlace(5), Enrolments.Device(6, 1, Enrolments.Place), Enrolments.Device(7, 1, Enrolments.Place)], Unpaced);
        var sums = Compute(plan, [Reading(1, Quantity.Pm25, 10), Reading(6, Quantity.Pm25, 17), Reading(7, Quantity.Pm25, 24)]);
        Assert.Equal(Compute(plan, [Reading(1, Quantity.Pm25, 17)]).Sums, sums.Sums);
        Assert.Single(sums.ActiveOwners);
    }

    [Fact]
    public void Readings_of_a_device_count_as_their_arithmetic_mean() =>
        Assert.Equal(9539, Compute(OneArea, [new Contribution(1, Quantity.Pm25.Ordinal, Window, 4, 4 * 17, 0)]).Sums[0]);

    [Fact]
    public void Several_areas_and_quantities_of_a_household_share_one_budget()
    {
        var other = Enrolments.Inside("2");
        var plan = Enrolments.Plan(
        [
            .. Enrolments.InOnePlace(6), .. Enumerable.Range(7, 5).Select(id => Enrolments.Device(id, id, other)),
            Enrolments.Device(12, 1, other),
        ], Unpaced);
        var sums = Compute(
            plan,
            [Reading(1, Quantity.Pm25, 900), Reading(1, Quantity.Pm10, 900), Reading(12, Quantity.Pm25, 900),
                Reading(12, Quantity.Laeq, 130)]);

        Assert.Equal(2, sums.ActiveOwners.Count);
        var reserved = 2 * 14654L * 14654;
        Assert.Equal(65536L * 65536 - reserved - SquaredNorm(sums.Sums), sums.Budgets[1]);
        Assert.Equal(36428, sums.Sums[0]);
    }

    [Fact]
    public void A_day_of_extreme_values_uses_the_budget_up_and_then_adds_nothing()
    {
        Dictionary<int, long> budgets = [];
        Int128 spent = 0;
        var added = new List<Int128>();
        for (var hour = 0; hour < 24; hour++)
        {
            var sums = Compute(OneArea, [Reading(1, Quantity.Pm25, 900), Reading(1, Quantity.Laeq, 130)], budgets);
            budgets[1] = sums.Budgets[1];
            spent += SquaredNorm(sums.Sums);
            added.Add(sums.Sums[0]);
        }
        Assert.Equal(65536L * 65536 - 14654L * 14654 - budgets[1], spent);
        Assert.InRange(budgets[1], 0, 200); // what is left is smaller than the next square
        Assert.Equal(36428, added[0]);
        Assert.Equal(0, added[^1]);
    }

    [Fact]
    public void An_exhausted_household_is_still_active_and_adds_nothing()
    {
        var sums = Compute(OneArea, [Reading(1, Quantity.Pm25, 900)], new() { [1] = 0 });
        Assert.All(sums.Sums, sum => Assert.Equal(0, sum));
        Assert.Equal(0, sums.Budgets[1]);
        Assert.Single(sums.ActiveOwners);
    }

    [Fact]
    public void What_the_plan_does_not_name_is_left_out()
    {
        var sums = Compute(OneArea, [Reading(77, Quantity.Pm25, 900), Reading(1, Quantity.No2, 900)]);
        Assert.All(sums.Sums, sum => Assert.Equal(0, sum));
        Assert.Empty(sums.Budgets);
        Assert.Empty(sums.ActiveOwners);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_sum_that_is_no_number_changes_nothing(double sum)
    {
        Contribution[] good = [Reading(1, Quantity.Pm10, 30), Reading(2, Quantity.Pm25, 17)];
        var expected = Compute(OneArea, good);
        foreach (var quantity in (Quantity[])[Quantity.Pm25, Quantity.Laeq])
            AssertSame(expected, Compute(OneArea, [.. good, new Contribution(1, quantity.Ordinal, Window, 1, sum, 0)]));
        AssertSame(expected, Compute(OneArea, [.. good, new Contribution(3, Quantity.Laeq.Ordinal, Window, 1, 0, 0)])); // log of no energy
    }

    [Fact]
    public void Whatever_the_values_of_a_day_an_owners_squares_with_the_reserve_stay_within_the_norm_bound() =>
        Enrolments.ForAllSeeds(seed =>
    {
        var random = new Random(seed);
        var devices = Enrolments.Random(seed).Where(device => device.OwnerId <= 8).ToArray();
        if (Enrolments.Plan(devices, new ReleaseOptions { Pacing = random.Next(6) }) is not { } plan)
            return;
        var owner = plan.Devices[random.Next(plan.Devices.Length)].OwnerId;
        var areas = plan.Devices.Where(device => device.OwnerId == owner).Select(device => device.AreaIndex).Distinct().Count();
        Dictionary<int, long> budgets = [];
        Int128 squares = (Int128)areas * plan.Public.ActivityWeight * plan.Public.ActivityWeight;
        foreach (var window in plan.Public.Windows())
        {
            var own = RandomContributions(random, plan.Devices.Where(device => device.OwnerId == owner));
            var sums = WindowSums.Compute(
                WindowRelease.MechanismOf(plan.Public), plan, window, own, budgets, RandomBaselines(random, plan));
            foreach (var (id, left) in sums.Budgets)
                budgets[id] = left;
            squares += SquaredNorm(sums.Sums);
            Assert.All(sums.ActiveOwners, active => Assert.Contains(
                plan.Devices, device => device.OwnerId == active.OwnerId && device.AreaIndex == active.AreaIndex));
        }
        Assert.True(squares <= (Int128)plan.Public.Grid * plan.Public.Grid, $"sum of squares {squares}");
    }, tests: 100);

    [Fact]
    public void Every_owner_adds_what_they_would_add_alone() => Enrolments.ForAllSeeds(seed =>
    {
        var random = new Random(seed);
        if (Enrolments.Plan(Enrolments.Random(seed)) is not { } plan)
            return;
        var all = RandomContributions(random, plan.Devices);
        var baselines = RandomBaselines(random, plan);
        var budgets = plan.Devices.Select(device => device.OwnerId).Distinct().Where(_ => random.Next(2) == 0)
            .ToDictionary(id => id, _ => random.NextInt64(1L << 30));
        var mechanism = WindowRelease.MechanismOf(plan.Public);
        var together = WindowSums.Compute(mechanism, plan, Window, all, budgets, baselines);

        var sums = new Int128[plan.Public.KeyCount];
        var ownerOf = plan.Devices.ToDictionary(device => device.DeviceId, device => device.OwnerId);
        foreach (var own in all.GroupBy(contribution => ownerOf[contribution.DeviceId]))
        {
            var ownBudget = budgets.Where(budget => budget.Key == own.Key).ToDictionary();
            var alone = WindowSums.Compute(mechanism, plan, Window, [.. own], ownBudget, baselines);
            for (var key = 0; key < sums.Length; key++)
                sums[key] += alone.Sums[key];
            Assert.All(alone.Budgets, budget => Assert.Equal((own.Key, together.Budgets[own.Key]), (budget.Key, budget.Value)));
            Assert.Equal(together.ActiveOwners.Where(active => active.OwnerId == own.Key).Order(ByArea), alone.ActiveOwners.Order(ByArea));
        }
        Assert.Equal(sums, together.Sums);
    }, tests: 60);

    [Fact]
    public void The_order_of_contributions_does_not_matter() => Enrolments.ForAllSeeds(seed =>
    {
        var random = new Random(seed);
        // Whole numbers that stay as they are, so that the mean of a household's devices is exact in any order.
        if (Enrolments.Plan(
            Enrolments.Random(seed), new ReleaseOptions { Calibrations = ImmutableDictionary<string, string>.Empty }) is not { } plan)
            return;
        Contribution[] all = [.. plan.Devices.Select(device => Reading(device.DeviceId, Quantity.Pm25, random.Next(1000)))];
        var baselines = RandomBaselines(random, plan);
        var mechanism = WindowRelease.MechanismOf(plan.Public);
        var expected = WindowSums.Compute(mechanism, plan, Window, all, Nothing, baselines);
        random.Shuffle(all);
        AssertSame(expected, WindowSums.Compute(mechanism, plan, Window, all, Nothing, baselines));
    }, tests: 60);

    static Comparer<ActiveOwner> ByArea { get; } =
        Comparer<ActiveOwner>.Create((a, b) => (a.OwnerId, a.AreaIndex).CompareTo((b.OwnerId, b.AreaIndex)));

    static WindowSums Compute(PrivatePlan plan, IReadOnlyList<Contribution> contributions, Dictionary<int, long>? budgets = null) =>
        WindowSums.Compute(WindowRelease.MechanismOf(plan.Public), plan, Window, contributions, budgets ?? Nothing,
            [.. Enumerable.Range(0, plan.Public.KeyCount)
                .Select(key => plan.Public.Quantities[key % plan.Public.Quantities.Length].Quantity.PriorMean)]);

    static Contribution Reading(int device, Quantity quantity, double value) => new(
        device, quantity.Ordinal, Window, 1, quantity.Averaging == Averaging.Energetic ? Math.Pow(10, value / 10) : value, 0);

    static void AssertSame(WindowSums expected, WindowSums actual)
    {
        Assert.Equal(expected.Sums, actual.Sums);
        Assert.Equal(expected.Budgets, actual.Budgets);
        Assert.True(expected.ActiveOwners.SetEquals(actual.ActiveOwners));
    }

    static Contribution[] RandomContributions(Random random, IEnumerable<PlannedDevice> devices)
    {
        double[] special =
            [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, 0, -1];
        return
        [
            .. from device in devices
               from quantity in Quantity.All
               where random.Next(3) > 0
               select new Contribution(device.DeviceId, quantity.Ordinal, Window, random.Next(1, 4),
                   random.Next(4) == 0 ? special[random.Next(special.Length)] : Math.Exp(20 * random.NextDouble() - 5), 0),
        ];
    }

    static double[] RandomBaselines(Random random, PrivatePlan plan) =>
        [.. Enumerable.Range(0, plan.Public.KeyCount).Select(_ => random.Next(9) == 0 ? double.NaN : 80 * random.NextDouble())];

    static Int128 SquaredNorm(IEnumerable<Int128> values) => values.Aggregate(Int128.Zero, (sum, value) => sum + value * value);
}
