using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Leadership;

/// <summary>docs/decisions/0016-leader.md: one process leads, others follow, and one of them goes on where the first ended.</summary>
public sealed class TakingOverTests
{
    static readonly DateTimeOffset Morning = SharedDatabase.Morning;

    static HourWindow Hour(int hour) => HourWindow.Containing(new DateTimeOffset(2026, 3, 4, hour, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task One_process_leads_and_the_other_follows_with_its_fence()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var first = await shared.StartAsync("first");
        var second = await shared.StartAsync("second");
        Assert.Equal((true, false), (first.IsLeading, second.IsLeading));

        shared.Clock.Now = Morning.AddHours(2);
        await first.StepAsync();
        await second.StepAsync();

        Assert.Equal([10], await shared.ReleasedHoursAsync());
        Assert.Equal((await shared.LedgerAsync())[^1].Hash, second.Fence.Published!.Head);
        Assert.Equal(first.Fence.Published, second.Fence.Published);
        Assert.Equal((1, 0), (first.Leadership.Progress.Windows, second.Leadership.Progress.Windows));
        Assert.Equal(Hour(11).End + shared.Options.Lateness, second.Leadership.NextDue);
        Assert.Single(second.Log.Lines, line => line.Message.Contains("follows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_leader_is_killed_another_goes_on_after_the_lease_has_expired()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(4);
        await second.StepAsync();
        Assert.False(second.IsLeading);

        await shared.ExpireLeaseAsync();
        await second.StepAsync();
        Assert.True(second.IsLeading);
        await second.StepAsync();

        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        Assert.Equal(2, second.Leadership.Progress.Windows);
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Leader_that_ends_in_order_is_followed_at_once_by_another()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync(); // the other has not seen this release
        await first.StopAsync();

        await second.StepAsync();
        shared.Clock.Now = Morning.AddHours(4);
        await second.StepAsync();

        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Leader_whose_lease_was_taken_follows_and_can_lead_again_with_fresh_parts()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        await shared.ExpireLeaseAsync();
        await second.StepAsync();
        shared.Clock.Now = Morning.AddHours(3);

        await first.StepAsync();
        Assert.False(first.IsLeading);
        Assert.Contains(first.Log.Lines, line => line.Message.Contains("lost the lead", StringComparison.Ordinal));
        await second.StepAsync();
        await first.StepAsync();
        await second.StopAsync();
        await first.StepAsync();
        shared.Clock.Now = Morning.AddHours(4);
        await first.StepAsync();

        Assert.Equal(2, first.Restorations);
        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        Assert.Equal(2, first.Leadership.Progress.Windows);
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Idle_leader_notices_by_its_renewal_that_another_leads()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        await shared.ExpireLeaseAsync();
        await second.StepAsync();

        // Nothing is due: only the renewal tells it.
        while (first.IsLeading)
        {
            first.Time.Advance(IReleaseLease.Duration);
            await first.StepAsync();
        }

        Assert.True(second.IsLeading);
    }

    [Fact]
    public async Task Live_leader_renews_before_its_lease_expires()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        await shared.ExpireLeaseAsync();

        first.Time.Advance(IReleaseLease.Duration / 3);
        while (!(await second.Database.ReleaseLease.ReadAsync(TestNode.Cancel)).IsLive)
            await Task.Yield();

        await second.StepAsync();
        Assert.False(second.IsLeading);
    }

    [Fact]
    public async Task Leader_that_stands_still_inside_a_release_publishes_nothing_after_another_has_taken_over()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        var failure = await StandStillAtCommitAsync(first, async () =>
        {
            await shared.ExpireLeaseAsync();
            await second.StepAsync();
            Assert.False(second.IsLeading); // not while the other's transaction is open
            // What the server does after 30 seconds.
            await shared.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in "
                    + "transaction'");
            while (!second.IsLeading)
                await second.StepAsync();
            await second.StepAsync();
        });
        Assert.IsType<VaultUnavailableException>(failure);
        var kept = first.Fence.Prepared!.Release!;
        var published = (await shared.MeasurementsAsync()).Where(value => value.Window == kept.Window).Select(value => value.Value);
        Assert.NotEqual(kept.Values, published); // each has drawn its own

        await first.StepAsync();
        Assert.False(first.IsLeading);
        await first.StepAsync();
        Assert.Null(first.Fence.Prepared);
        await second.StopAsync();
        await first.StepAsync();
        shared.Clock.Now = Morning.AddHours(4);
        await first.StepAsync();

        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.Equal(published,
            (await shared.MeasurementsAsync()).Where(value => value.Window == kept.Window).Select(value => value.Value));
        Assert.False(await shared.WasGivenUpAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Draw_of_a_former_leader_is_dropped_also_where_the_next_leader_has_ended_before_it_looks()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        first.Store.FailOnceAt("CommitAsync");
        await Assert.ThrowsAsync<VaultUnavailableException>(first.StepAsync);
        await shared.ExpireLeaseAsync();
        await second.StepAsync();
        await second.StepAsync();
        await second.StopAsync();

        await first.StepAsync(); // learns that it has lost the lease
        await first.StepAsync();
        shared.Clock.Now = Morning.AddHours(4);
        await first.StepAsync();

        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Process_that_was_killed_in_a_release_waits_for_its_own_lease_and_does_the_release_over()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var first = await shared.StartAsync("first");
        first.Store.FailOnceAt("CommitAsync", call: 2); // the first skips the hour of nine, which no plan covers
        shared.Clock.Now = Morning.AddHours(2);
        await Assert.ThrowsAsync<VaultUnavailableException>(first.StepAsync);
        var kept = first.Fence.Prepared!.Release!;

        var again = await shared.StartAsync("first");
        Assert.False(again.IsLeading);
        Assert.NotNull(again.Fence.Prepared);
        await shared.ExpireLeaseAsync();
        await again.StepAsync();

        Assert.Equal(kept.Values, (await shared.MeasurementsAsync()).Select(value => value.Value));
        Assert.Null(again.Fence.Prepared);
    }

    [Fact]
    public async Task Fence_on_a_shared_disk_is_read_again_and_what_the_dead_leader_drew_is_released()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var first = await shared.StartAsync("first", fence: "shared");
        var second = await shared.StartAsync("second", fence: "shared");
        first.Store.FailOnceAt("CommitAsync", call: 2); // the first skips the hour of nine, which no plan covers
        shared.Clock.Now = Morning.AddHours(2);
        await Assert.ThrowsAsync<VaultUnavailableException>(first.StepAsync);
        var kept = first.Fence.Prepared!.Release!;

        await shared.ExpireLeaseAsync();
        await second.StepAsync();

        Assert.Equal(kept.Values, (await shared.MeasurementsAsync()).Select(value => value.Value));
        Assert.False(await shared.WasGivenUpAsync());
    }

    /// <summary>Two processes of which the first has released the hour of ten, and the second has seen it.</summary>
    internal static async Task<(ReleaseProcess First, ReleaseProcess Second)> RunningAsync(SharedDatabase shared)
    {
        var first = await shared.StartAsync("first");
        var second = await shared.StartAsync("second");
        await shared.ContributeAsync(Hour(11));
        shared.Clock.Now = Morning.AddHours(2);
        await first.StepAsync();
        await second.StepAsync();
        return (first, second);
    }

    /// <summary>
    /// Lets a process stand still right before a commit, and something else happen meanwhile. Answers how the process fared.
    /// </summary>
    static async Task<Exception?> StandStillAtCommitAsync(ReleaseProcess process, Func<Task> meanwhile)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        process.Store.Before["CommitAsync"] = () =>
        {
            reached.TrySetResult();
            goOn.Wait(TestNode.Cancel);
        };
        var step = Task.Run(process.StepAsync, TestNode.Cancel);
        await Task.WhenAny(reached.Task, step);
        try
        {
            await meanwhile();
        }
        finally
        {
            process.Store.Before.Clear();
            goOn.Set();
        }
        return await Record.ExceptionAsync(() => step);
    }
}
