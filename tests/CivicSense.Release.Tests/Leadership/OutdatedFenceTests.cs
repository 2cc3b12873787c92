using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release.Tests.Leadership;

/// <summary>docs/decisions/0016-leader.md: a process that is to lead, and whose fence and database do not agree.</summary>
public sealed class OutdatedFenceTests
{
    static readonly DateTimeOffset Morning = SharedDatabase.Morning;

    static HourWindow Hour(int hour) => HourWindow.Containing(new DateTimeOffset(2026, 3, 4, hour, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Fence_that_was_seen_vouched_for_within_the_last_minute_goes_on_where_the_database_is()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (_, second) = await BehindAsync(shared);
        second.Time.Advance(TimeSpan.FromSeconds(59));
        await second.StepAsync();
        Assert.True(second.IsLeading);
        Assert.Equal((await shared.LedgerAsync())[^1].Hash, second.Fence.Published!.Head);

        shared.Clock.Now = Morning.AddHours(4);
        await second.StepAsync();
        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Fence_that_was_not_vouched_for_lately_leaves_the_lead_to_the_process_that_knows()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await BehindAsync(shared);
        second.Time.Advance(TimeSpan.FromSeconds(61));
        await second.StepAsync();
        await second.StepAsync();
        Assert.False(second.IsLeading);
        var line = Assert.Single(second.Log.Lines, line => line.Level == LogLevel.Warning);
        Assert.Contains("'first'", line.Message, StringComparison.Ordinal);
        Assert.Contains("10 minutes", line.Message, StringComparison.Ordinal);

        var again = await shared.StartAsync("first");
        Assert.True(again.IsLeading);
        await second.StepAsync();
        Assert.Equal(first.Fence.Published, second.Fence.Published);
        Assert.False(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task After_ten_minutes_the_present_day_is_given_up()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (_, second) = await BehindAsync(shared);
        second.Time.Advance(TimeSpan.FromMinutes(2));
        await second.StepAsync();
        second.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await second.StepAsync();
        Assert.False(second.IsLeading);

        second.Time.Advance(TimeSpan.FromTicks(1));
        await second.StepAsync();
        Assert.True(second.IsLeading);
        shared.Clock.Now = Morning.AddHours(8);
        await second.StepAsync();

        Assert.True(await shared.WasGivenUpAsync());
        Assert.Equal([10, 11], await shared.ReleasedHoursAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Copy_of_the_right_fence_ends_the_waiting()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await BehindAsync(shared);
        second.Time.Advance(TimeSpan.FromMinutes(2));
        await second.StepAsync();
        Assert.False(second.IsLeading);

        File.Copy(first.FencePath, second.FencePath, overwrite: true);
        await second.StepAsync();

        Assert.True(second.IsLeading);
        Assert.False(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task New_process_without_a_fence_waits_when_nobody_vouches()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        await BehindAsync(shared);

        var third = await shared.StartAsync("third");

        Assert.False(third.IsLeading);
        Assert.False(File.Exists(third.FencePath));
        Assert.Single(third.Log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task New_process_without_a_fence_follows_a_leader_that_vouches_and_then_takes_over()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        await TakingOverTests.RunningAsync(shared);
        await shared.ExecuteAsync("UPDATE vault.release_lease SET vouched_for = false");
        var third = await shared.StartAsync("third");
        Assert.False(File.Exists(third.FencePath)); // the leader itself has not compared yet

        await shared.ExecuteAsync("UPDATE vault.release_lease SET vouched_for = true");
        await third.StepAsync();
        Assert.Equal((await shared.LedgerAsync())[^1].Hash, third.Fence.Published!.Head);
        await shared.ExpireLeaseAsync();
        await third.StepAsync();
        shared.Clock.Now = Morning.AddHours(3);
        await third.StepAsync();

        Assert.Equal([10, 11], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task Process_that_released_last_itself_gives_up_at_once_when_its_fence_is_old()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var first = await shared.StartAsync("first");
        var old = await File.ReadAllBytesAsync(first.FencePath, TestNode.Cancel);
        shared.Clock.Now = Morning.AddHours(2);
        await first.StepAsync();
        await first.StopAsync();
        await File.WriteAllBytesAsync(first.FencePath, old, TestNode.Cancel);

        var again = await shared.StartAsync("first");

        Assert.True(again.IsLeading);
        Assert.True(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task Follower_that_knows_more_than_the_leader_s_database_takes_the_lead_and_gives_the_day_up()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await second.StepAsync();
        var seen = second.Fence.Published;
        Assert.Equal(Hour(11), seen!.ReleasedThrough);

        // The lease still lasts, and says that the leader vouches, when its database is replaced by an older one.
        await shared.LoseNewestAsync(Hour(10));
        await second.StepAsync();
        Assert.True(second.IsLeading);
        Assert.True(await shared.WasGivenUpAsync());
        Assert.Contains(second.Log.Lines, line => line.Level == LogLevel.Critical);
        shared.Clock.Now = Morning.AddHours(8);
        await second.StepAsync();
        Assert.Equal([10], await shared.ReleasedHoursAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Leader_whose_database_is_replaced_stops_at_its_next_renewal()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await shared.LoseNewestAsync(Hour(10));
        await shared.ExpireLeaseAsync();

        // Nothing is due: only the renewal compares.
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (true)
            {
                first.Time.Advance(IReleaseLease.Duration / 3);
                await first.StepAsync();
            }
        });

        Assert.Contains("exchanged", failure.Message, StringComparison.Ordinal);
        Assert.False(first.IsLeading);
        Assert.False((await second.Database.ReleaseLease.ReadAsync(TestNode.Cancel)).IsLive);
    }

    [Fact]
    public async Task Follower_goes_along_once_the_leader_has_given_up_every_day_that_it_knows()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await second.StepAsync();
        await shared.LoseNewestAsync(Hour(10));
        await shared.ExpireLeaseAsync();
        var again = await shared.StartAsync("first");
        Assert.True(again.IsLeading && await shared.WasGivenUpAsync());

        await second.StepAsync();
        await again.StopAsync();
        await second.StepAsync();

        Assert.True(second.IsLeading);
        Assert.Single(await shared.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await shared.AssertWholeAsync();
    }

    /// <summary>Two processes of which the first has released the hour of eleven and was killed before the second saw it.</summary>
    static async Task<(ReleaseProcess First, ReleaseProcess Second)> BehindAsync(SharedDatabase shared)
    {
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await shared.ExpireLeaseAsync();
        Assert.NotEqual(first.Fence.Published, second.Fence.Published);
        return (first, second);
    }
}
