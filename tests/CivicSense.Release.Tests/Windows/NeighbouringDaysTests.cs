using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Windows;

/// <summary>
/// The theorem of docs/privacy/owner-day.md through the real release and database: a day of 25 hours is released and recorded, and released
/// again without one household while the baseline still sees the recorded values. The noise can be drawn again, so the exact sums are
/// known.
/// </summary>
public sealed class NeighbouringDaysTests
{
    static readonly ReleaseOptions London = new() { TimeZone = "Europe/London" };
    static readonly PrivacyDay Day = new(new DateOnly(2026, 10, 25));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Removing_a_household_moves_the_sums_of_its_day_by_at_most_the_norm_bound(int seed)
    {
        const int Removed = 3;
        var record = new List<NoisyMeasurement[]>();
        var data = await ReleaseDayAsync(seed, without: null, record, recording: true);
        var neighbour = await ReleaseDayAsync(seed, without: Removed, record, recording: false);

        var difference = data.Sums.Zip(neighbour.Sums, (left, right) => left - right).ToArray();
        var distance = difference.Aggregate(Int128.Zero, (sum, value) => sum + value * value);
        var bound = (Int128)data.Plan.Grid * data.Plan.Grid;
        Assert.InRange(distance, bound / 4, bound); // far from nothing, so that the bound is tested

        // Only coordinates of areas in which the removed household stands have moved, and nobody else's budget.
        var activity = difference[^data.Plan.Areas.Length..];
        Assert.Equal([data.Plan.ActivityWeight, 0], activity);
        for (var key = 0; key < difference.Length - activity.Length; key++)
        {
            if (key % data.Plan.KeyCount >= data.Plan.Quantities.Length)
                Assert.Equal(0, difference[key]);
        }
        Assert.DoesNotContain(Removed, neighbour.Budgets.Keys);
        Assert.Equal(data.Budgets.Where(budget => budget.Key != Removed).OrderBy(budget => budget.Key),
            neighbour.Budgets.OrderBy(budget => budget.Key));
    }

    [Fact]
    public async Task The_bound_is_the_removed_households_own_vector()
    {
        var record = new List<NoisyMeasurement[]>();
        var data = await ReleaseDayAsync(9, without: null, record, recording: true);
        var without = await ReleaseDayAsync(9, without: 3, record, recording: false);
        var alone = await ReleaseDayAsync(9, without: null, record, recording: false, only: 3);
        Assert.Equal(data.Sums.Zip(without.Sums, (left, right) => left - right), alone.Sums);
    }

    static async Task<ReleasedDay> ReleaseDayAsync(
        int seed, int? without, List<NoisyMeasurement[]> record, bool recording, int? only = null)
    {
        await using var node = new TestNode(Day.Windows(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"))[0].Start, London);
        await node.EnrolAsync(6, Enrolments.Inside("0311320"));
        var devices = await node.EnrolAsync(6, Enrolments.Inside("0311321"));
        string[] models = ["sds011", "pms5003", ""];
        devices =
        [
            .. (await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel))
                .Select((device, index) => device with { Model = models[index % models.Length] }),
        ];
        var plan = Enrolments.Plan(devices, London, Day);
        var windows = plan.Public.Windows().ToArray();
        Assert.Equal(25, windows.Length);
        await node.Database.Vault.CommitAsync(Contributions(seed, devices, windows, without, only), TestNode.Cancel);

        var noise = new SeededNoise(plan.Public, seed);
        var baseline = new RecordedBaseline(record);
        var release = new WindowRelease(node.Database.Releases, baseline, ReleaseFence.Open(node.FencePath), London.Lateness);
        var sums = new List<Int128>();
        Dictionary<int, long> budgets = [];
        foreach (var window in windows)
        {
            if (window == windows[^1])
                budgets = new(await node.BudgetsAsync(Day));
            var released = await release.ReleaseAsync(plan, noise.Mechanism, window, absent: 0, TestNode.Cancel);
            var activity = noise.ExactSums(released.Activity.Select(value => value.Value)); // drawn first
            sums.AddRange(noise.ExactSums(released.Measurements.Select(value => value.Value)));
            sums.AddRange(activity);
            if (recording)
                record.Add(released.Measurements);
        }
        return new ReleasedDay(plan.Public, [.. sums], budgets);
    }

    static Contribution[] Contributions(int seed, IReadOnlyList<Device> devices, HourWindow[] windows, int? without, int? only)
    {
        var random = new Random(seed);
        return
        [
            .. from window in windows
               from device in devices
               from quantity in (Quantity[])[Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.Humidity]
               let value = Math.Exp(5 * random.NextDouble())
               let missing = random.Next(5) == 0
               where !missing && device.OwnerId != without && (only is null || device.OwnerId == only)
               select new Contribution(device.Id, quantity.Ordinal, window, 1, value, 1),
        ];
    }

    sealed record ReleasedDay(ReleasePlan Plan, Int128[] Sums, Dictionary<int, long> Budgets);

    /// <summary>A baseline that follows the released values, so that every hour depends on the noise of those before.</summary>
    sealed class RecordedBaseline(List<NoisyMeasurement[]> record) : IPublicBaseline
    {
        int hour;

        public ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
        {
            for (var key = 0; key < baselines.Length; key++)
            {
                var prior = plan.Quantities[key % plan.Quantities.Length].Quantity.PriorMean;
                baselines[key] = hour == 0 ? prior : prior * Math.Exp(Math.Tanh(record[hour - 1][key].Value / (double)plan.Grid / 4));
            }
            hour++;
        }
    }
}
