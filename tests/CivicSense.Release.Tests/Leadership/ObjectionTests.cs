using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Leadership;

/// <summary>docs/decisions/0016-leader.md: a backup was restored, and only some of the processes know it.</summary>
public sealed class ObjectionTests
{
    static readonly DateTimeOffset Morning = SharedDatabase.Morning;

    static HourWindow Hour(int hour) => HourWindow.Containing(new DateTimeOffset(2026, 3, 4, hour, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(3)]
    [InlineData(5)] // the older database has gone further by now than what was lost
    public async Task Process_that_released_what_a_backup_lacks_takes_the_lead_from_one_that_did_not_know(int hours)
    {
        await using var shared = await SharedDatabase.CreateAsync();
        await RolledBackAsync(shared);
        var first = await shared.StartAsync("first");
        Assert.True(first.IsLeading); // its fence is as old as the database
        shared.Clock.Now = Morning.AddHours(hours - 1);
        await first.StepAsync();
        shared.Clock.Now = Morning.AddHours(hours);
        if (hours > 3)
            await first.StepAsync();

        var second = await shared.StartAsync("second");
        Assert.True(second.IsLeading);
        Assert.True(await shared.WasGivenUpAsync());
        var released = await shared.ReleasedHoursAsync();
        while (first.IsLeading)
        {
            first.Time.Advance(IReleaseLease.Duration / 3); // nothing is due: only the renewal tells it
            await first.StepAsync();
            await Task.Yield();
        }
        await first.StepAsync();
        Assert.Equal(second.Fence.Published, first.Fence.Published);
        shared.Clock.Now = Morning.AddHours(12);
        await second.StepAsync();

        Assert.Equal(released, await shared.ReleasedHoursAsync());
        Assert.Single(await shared.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task First_to_start_after_a_long_pause_leaves_the_others_half_a_minute_to_object()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        await RolledBackAsync(shared);
        await shared.ExecuteAsync("UPDATE vault.release_lease SET expires_at = clock_timestamp() - interval '2 minutes'");
        var first = await shared.StartAsync("first");
        first.Time.Advance(TimeSpan.FromSeconds(29));
        await first.StepAsync();
        Assert.False(first.IsLeading);

        var second = await shared.StartAsync("second");
        Assert.True(second.IsLeading && await shared.WasGivenUpAsync());
        await first.StepAsync();
        await second.StopAsync();
        await first.StepAsync();
        Assert.True(first.IsLeading);
    }

    [Fact]
    public async Task Half_a_minute_later_the_first_leads()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        await first.StopAsync();
        await shared.ExecuteAsync("UPDATE vault.release_lease SET expires_at = clock_timestamp() - interval '2 minutes'");
        await second.StepAsync();
        Assert.False(second.IsLeading);
        second.Time.Advance(TimeSpan.FromSeconds(30));
        await second.StepAsync();
        Assert.True(second.IsLeading);
        Assert.False(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task Giving_up_that_was_cut_off_is_dropped_once_another_leads_with_the_right_fence()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await shared.ExpireLeaseAsync();
        second.Time.Advance(TimeSpan.FromMinutes(2));
        await second.StepAsync();
        second.Time.Advance(TimeSpan.FromMinutes(10));
        second.Store.FailOnceAt("CommitAsync");
        await Assert.ThrowsAsync<VaultUnavailableException>(second.StepAsync);
        Assert.NotNull(second.Fence.GivenUp);

        await shared.ExpireLeaseAsync();
        var again = await shared.StartAsync("first");
        Assert.True(again.IsLeading);
        await second.StepAsync();
        Assert.Equal(again.Fence, second.Fence);
        var written = File.GetLastWriteTimeUtc(second.FencePath);
        await second.StepAsync();

        Assert.Equal(written, File.GetLastWriteTimeUtc(second.FencePath));
        Assert.Equal((true, false), (again.IsLeading, second.IsLeading));
        Assert.False(await shared.WasGivenUpAsync());
        await again.StopAsync();
        await second.StepAsync();
        Assert.True(second.IsLeading);
        Assert.False(await shared.WasGivenUpAsync());
    }

    [Fact]
    public async Task What_was_true_before_a_pause_is_looked_at_again_once_the_lease_is_taken()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await shared.ExpireLeaseAsync();
        second.Lease.BeforeTaking = () => second.Time.Advance(TimeSpan.FromSeconds(61));

        await second.StepAsync();

        Assert.False(second.IsLeading); // nobody has vouched within the last minute any more
        Assert.False((await first.Database.ReleaseLease.ReadAsync(TestNode.Cancel)).IsLive);
        Assert.False(await shared.WasGivenUpAsync());
    }

    /// <summary>The second has released the hour of eleven, and then a backup from before that was restored. Nobody runs.</summary>
    static async Task RolledBackAsync(SharedDatabase shared)
    {
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        await first.StopAsync();
        await second.StepAsync();
        shared.Clock.Now = Morning.AddHours(3);
        await second.StepAsync();
        await second.StopAsync();
        Assert.Equal([10, 11], await shared.ReleasedHoursAsync());
        await shared.LoseNewestAsync(Hour(10));
    }
}
