using CivicSense.Commons;
using CivicSense.Privacy;

namespace CivicSense.Release.Tests.Windows;

/// <summary>Assumptions A2, A4, A6 and A8 of docs/privacy/owner-day.md.</summary>
public sealed class WindowReleaseTests
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Every_key_gets_one_value_also_where_nobody_contributed()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var noise = new SeededNoise(plan.Public, seed: 1);
        var released = await Release(node).ReleaseAsync(plan, noise.Mechanism, Window, absent: 0, TestNode.Cancel);

        Assert.Equal(
            plan.Public.Areas.SelectMany(area => plan.Public.Quantities.Select(quantity => (area.Area, quantity.Quantity))),
            released.Measurements.Select(value => (value.Area, value.Quantity)));
        Assert.All(noise.ExactSums(released.Measurements.Select(value => value.Value)), sum => Assert.Equal(0, sum));
        Assert.Equal(released.Measurements, await node.MeasurementsAsync());
        Assert.Contains(released.Measurements, value => value.Value != 0);
    }

    [Fact]
    public async Task A_measurement_is_the_exact_sum_and_one_draw_of_noise()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        await node.ContributeAsync(devices[0], Window, 17);
        await node.ContributeAsync(devices[1], Window, 17);
        var noise = new SeededNoise(plan.Public, seed: 2);
        var again = new DiscreteGaussian(noise.Mechanism.NoiseVariance, new CountingBytes(2));

        var released = await Release(node).ReleaseAsync(plan, noise.Mechanism, Window, absent: 0, TestNode.Cancel);

        Assert.Equal(2 * 9539 + again.Sample(), released.Measurements[0].Value); // see WindowSumsTests for 9539
        Assert.All(released.Measurements[1..], value => Assert.Equal(again.Sample(), value.Value));
        Assert.Equal(12, released.Measurements[0].Baseline);
        Assert.Equal(1, released.Measurements[0].LedgerSequence);
    }

    [Fact]
    public async Task Noise_is_drawn_once_for_each_key_and_no_more()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var noise = new SeededNoise(plan.Public, seed: 3);
        var source = new CountingBytes(3);
        var expected = new DiscreteGaussian(noise.Mechanism.NoiseVariance, source);
        var first = await Release(node).ReleaseAsync(plan, noise.Mechanism, Window, absent: 0, TestNode.Cancel);
        foreach (var _ in first.Measurements)
            expected.Sample();
        Assert.Equal(source.Bytes, noise.Source.Bytes);
    }

    [Fact]
    public async Task The_days_last_window_also_releases_the_activity_and_forgets_the_private_rest_of_the_day()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        var noise = new SeededNoise(plan.Public, seed: 4);
        var release = Release(node);
        var windows = plan.Public.Windows().ToArray();
        foreach (var window in windows)
        {
            if (window == windows[3] || window == windows[20])
                await node.ContributeAsync(devices[0], window);
            if (window == windows[5])
                await node.ContributeAsync(devices[1], window);
            var released = await release.ReleaseAsync(plan, noise.Mechanism, window, absent: 0, TestNode.Cancel);
            // Two households were active in the first area, one of them in two hours; the second area had none. The activity is drawn
            // first.
            Assert.Equal(
                window == windows[^1] ? [2 * plan.Public.ActivityWeight, 0] : [],
                noise.ExactSums(released.Activity.Select(value => value.Value)));
            noise.ExactSums(released.Measurements.Select(value => value.Value));
        }
        foreach (var table in (string[])["vault_budget", "vault_active_owner", "vault_contribution"])
            Assert.Equal(0, node.Execute($"SELECT count(*) FROM {table}"));
        Assert.Equal(2, (await node.Database.Commons.ReadActivityAsync(plan.Public.Day, plan.Public.Day.Next, TestNode.Cancel)).Count);
    }

    [Fact]
    public async Task A_window_is_not_released_twice()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var mechanism = WindowRelease.MechanismOf(plan.Public);
        var release = Release(node);
        await release.ReleaseAsync(plan, mechanism, Window, absent: 0, TestNode.Cancel);
        var released = await node.MeasurementsAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await release.ReleaseAsync(plan, mechanism, Window, absent: 0, TestNode.Cancel));
        Assert.Equal(released, await node.MeasurementsAsync());
    }

    [Fact]
    public async Task A_release_that_failed_after_its_draw_is_done_over_with_the_same_values_and_no_new_noise()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var noise = new SeededNoise(plan.Public, seed: 5);
        var fence = ReleaseFence.Open(node.FencePath);
        var release = new WindowRelease(node.Store, node.Baseline, fence, node.Options.Lateness);
        node.Store.FailOnceAt("CommitAsync");
        await Assert.ThrowsAsync<Vault.VaultUnavailableException>(
            async () => await release.ReleaseAsync(plan, noise.Mechanism, Window, absent: 0, TestNode.Cancel));
        var drawn = noise.Source.Bytes;
        var released = await release.DoOverAsync(plan.Public, fence.Prepared!.Release!, TestNode.Cancel);

        var again = new DiscreteGaussian(noise.Mechanism.NoiseVariance, new CountingBytes(5));
        Assert.Equal(released.Measurements.Select(_ => again.Sample()), released.Measurements.Select(value => (Int128)value.Value));
        Assert.Equal(drawn, noise.Source.Bytes);
        Assert.Equal(released.Measurements, await node.MeasurementsAsync());
        Assert.Null(fence.Prepared);
    }

    [Fact]
    public async Task A_release_is_not_cancelled_once_its_noise_has_been_drawn()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        using var stop = new CancellationTokenSource();
        node.Store.Before["WriteMeasurementsAsync"] = stop.Cancel;
        var released = await Release(node).ReleaseAsync(plan, WindowRelease.MechanismOf(plan.Public), Window, absent: 0, stop.Token);
        Assert.True(stop.IsCancellationRequested);
        Assert.Equal(released.Measurements, await node.MeasurementsAsync());
    }

    [Fact]
    public async Task A_release_that_is_cancelled_before_its_draw_leaves_nothing_in_the_fence()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var noise = new SeededNoise(plan.Public, seed: 6);
        using var stop = new CancellationTokenSource();
        node.Store.Before["ReadBudgetsAsync"] = stop.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Release(node).ReleaseAsync(plan, noise.Mechanism, Window, absent: 0, stop.Token));
        Assert.Equal(0, noise.Source.Bytes);
        Assert.False(File.Exists(node.FencePath));
        Assert.Empty(await node.MeasurementsAsync());
    }

    [Fact]
    public async Task The_ledgers_time_does_not_depend_on_how_long_reading_private_data_takes()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        node.Store.Before["ReadContributionsAsync"] = () => node.Clock.Now += TimeSpan.FromMinutes(7);
        await Release(node).ReleaseAsync(plan, WindowRelease.MechanismOf(plan.Public), Window, absent: 0, TestNode.Cancel);
        Assert.Equal(Window.End + node.Options.Lateness, Assert.Single(await node.LedgerAsync()).Content.Recorded);
    }

    [Fact]
    public async Task Public_values_are_taken_in_before_the_prediction_and_before_any_private_value_is_read()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var steps = new List<string>();
        node.Baseline = new RecordingBaseline(steps);
        foreach (var step in (string[])["BeginAsync", "ReadContributionsAsync"])
            node.Store.Before[step] = () => steps.Add(step);
        await Release(node).ReleaseAsync(plan, WindowRelease.MechanismOf(plan.Public), Window, absent: 0, TestNode.Cancel);
        Assert.Equal([$"Prepare {Window}", $"Predict {Window}", "BeginAsync", "ReadContributionsAsync"], steps);
    }

    [Fact]
    public async Task Values_that_were_drawn_already_keep_the_baselines_that_they_were_drawn_with()
    {
        await using var node = new TestNode(Window.Start);
        var plan = await PlanAsync(node);
        var mechanism = WindowRelease.MechanismOf(plan.Public);
        var steps = new List<string>();
        node.Baseline = new RecordingBaseline(steps);
        var release = Release(node);
        node.BlockFence();
        await Assert.ThrowsAnyAsync<Vault.VaultUnavailableException>(
            async () => await release.ReleaseAsync(plan, mechanism, Window, absent: 0, TestNode.Cancel));
        node.UnblockFence();
        await release.ReleaseAsync(plan, mechanism, Window, absent: 0, TestNode.Cancel);
        Assert.Equal([$"Prepare {Window}", $"Predict {Window}"], steps);
    }

    sealed class RecordingBaseline(List<string> steps) : IPublicBaseline
    {
        public async ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken)
        {
            // Whoever does not wait for the end of this is found out.
            await Task.Yield();
            steps.Add($"Prepare {window}");
        }

        public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
        {
            steps.Add($"Predict {window}");
            new PriorBaseline().Predict(plan, window, baselines);
        }
    }

    static WindowRelease Release(TestNode node) => new(node.Store, node.Baseline, ReleaseFence.Open(node.FencePath), node.Options.Lateness);

    static async Task<PrivatePlan> PlanAsync(TestNode node)
    {
        await node.EnrolAsync(5, Enrolments.Inside("0311320"));
        await node.EnrolAsync(5, Enrolments.Inside("0311321"));
        return Enrolments.Plan(await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel), node.Options);
    }
}
