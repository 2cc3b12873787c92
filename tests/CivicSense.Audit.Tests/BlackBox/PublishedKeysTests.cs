using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>What becomes public of two runs of a whole node, on the same and on neighbouring data.</summary>
public sealed class PublishedKeysTests
{
    static readonly ImmutableDictionary<string, decimal> Shares =
        ImmutableDictionary<string, decimal>.Empty.Add(Quantity.Pm25.Id, 0.5m).Add(Quantity.Laeq.Id, 0.3m);

    [Fact]
    public async Task Two_runs_of_the_same_data_share_no_noise()
    {
        var neighbourhood = new AttackedNeighbourhood(areas: 8, days: 1, seed: 7);
        var (first, second) = (await RunAsync(neighbourhood), await RunAsync(neighbourhood));

        // 384 keys with a noise of 46,000 grid steps: two draws of one key agree with probability 6e-6, six of them with 2e-19.
        var same = first.Measurements.Zip(second.Measurements).Count(pair => pair.First.Value == pair.Second.Value);
        Assert.InRange(same, 0, 5);

        // And no draw is used for two keys: the residuals of one run, against the attacker's own expectation, are all different but for
        // chance.
        var residuals = Trial.OfRun(first, neighbourhood)
            .SelectMany(trial => trial.Residual.Zip(trial.Signal, (residual, signal) => residual - (trial.TargetMeasured ? signal : 0)))
            .ToArray();
        Assert.InRange(residuals.Length - residuals.Distinct().Count(), 0, 12);
    }

    [Fact]
    public async Task Every_key_of_the_plan_is_there_in_every_hour_whoever_measured()
    {
        // The seeds differ, so that about half of the targets measure in one run only; the devices are the same.
        var first = new AttackedNeighbourhood(areas: 8, days: 1, seed: 8);
        var second = new AttackedNeighbourhood(areas: 8, days: 1, seed: 9);
        Assert.Contains(Enumerable.Range(0, 8), area => first.TargetMeasured(area, 0) != second.TargetMeasured(area, 0));
        var (data, neighbour) = (await RunAsync(first), await RunAsync(second));

        Assert.Equal(8 * 24 * 2, data.Measurements.Count);
        Assert.Equal(Keys(data), Keys(neighbour));
        Assert.Equal(data.Activity.Keys.Order(), neighbour.Activity.Keys.Order());
        Assert.Equal(8, data.Activity.Count);
    }

    [Fact]
    public async Task A_neighbourhood_in_which_nobody_measures_publishes_every_key()
    {
        var record = await RunAsync(new AttackedNeighbourhood(areas: 3, days: 1, seed: 1) { IsSilent = true });
        Assert.Equal(3 * 24 * 2, record.Measurements.Count);
        Assert.Equal(3, record.Activity.Count);
        Assert.All(record.Measurements, row => Assert.True(row.NoiseSd > 0));
    }

    static Task<PublicRecord> RunAsync(AttackedNeighbourhood neighbourhood) => AttackedNode.RunAsync(neighbourhood, rho: 1m, Shares);

    static IEnumerable<(DateTimeOffset, string, string, double, double, double)> Keys(PublicRecord record) =>
        record.Measurements.Select(row => (row.Window, row.Area, row.Quantity.Id, row.NoiseSd, row.Weight, row.Cap));
}
