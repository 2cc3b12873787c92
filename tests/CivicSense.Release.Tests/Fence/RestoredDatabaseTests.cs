using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Fence;

/// <summary>Assumption A2 of docs/privacy/owner-day.md where files have been lost, restored or cannot be written.</summary>
public sealed class RestoredDatabaseTests
{
    static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 20, 0, TimeSpan.Zero);
    static readonly PrivacyDay Today = new(new DateOnly(2026, 3, 4));
    static readonly HourWindow LastOfToday = HourWindow.Containing(Morning.AddHours(14));

    [Fact]
    public async Task After_a_crash_between_prepare_and_commit_the_start_does_the_window_over()
    {
        await using var node = await RunningAsync();
        node.Store.FailOnceAt("CommitAsync");
        node.Clock.Now = Morning.AddHours(4);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.NotNull(node.Fence.Prepared);

        await node.ReopenAsync();
        await node.StartAsync();
        Assert.Null(node.Fence.Prepared);
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await AssertNothingGivenUpAsync(node);
    }

    [Fact]
    public async Task After_a_crash_between_commit_and_publish_the_release_stands()
    {
        await using var node = await RunningAsync();
        node.Store.LoseNextAnswer = true;
        node.Clock.Now = Morning.AddHours(4);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        var released = await node.MeasurementsAsync();

        await node.ReopenAsync();
        await node.StartAsync();
        Assert.Null(node.Fence.Prepared);
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Equal(released, await node.MeasurementsAsync());
        await AssertNothingGivenUpAsync(node);
    }

    [Fact]
    public async Task Nothing_of_the_day_is_released_again_from_a_restored_backup()
    {
        await using var node = await RunningAsync();
        var lost = await ReleaseAndRestoreAsync(node);
        await node.StartAsync();
        Assert.Empty(await node.ContributionsAsync());
        var restored = Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        Assert.Equal((Today, 0), (restored.Content.Day, restored.Content.Keys));
        Assert.Equal(LastOfToday, node.Gate.Closed[^1]);
        Assert.Single(node.Log.Lines, line => line.Level == Microsoft.Extensions.Logging.LogLevel.Critical);
        Assert.Equal(0, node.Execute("SELECT (SELECT count(*) FROM vault_budget) + (SELECT count(*) FROM vault_plan_device)"));

        var known = await node.ReleasedWindowsAsync();
        await node.AdvanceToAsync(Morning.AddDays(1).AddHours(1));
        var after = (await node.ReleasedWindowsAsync()).Except(known).ToArray();
        Assert.Empty(after.Intersect(lost));
        Assert.Equal(10, after.Length); // the next day goes on, from its first window
        Assert.All(after, window => Assert.True(window > LastOfToday));
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_day_that_was_given_up_gets_no_plan()
    {
        await using var node = new TestNode(Morning);
        await node.EnrolAsync(4);
        await node.StartAsync();
        await node.ReopenAsync();
        var backup = await File.ReadAllBytesAsync(node.DatabasePath, TestNode.Cancel); // older than today's plan
        await node.EnrolAsync(1);
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddHours(3));
        await node.ReopenAsync(() => File.WriteAllBytes(node.DatabasePath, backup));
        await node.EnrolAsync(2);
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddHours(5));
        Assert.Equal([LedgerEntryKind.Restored], (await node.LedgerAsync()).Select(entry => entry.Content.Kind));
        Assert.Null(await node.Database.Commons.FindPlanAsync(Today, TestNode.Cancel));
    }

    [Fact]
    public async Task A_restart_after_a_day_was_given_up_does_not_give_it_up_again()
    {
        await using var node = await RunningAsync();
        await ReleaseAndRestoreAsync(node);
        await node.StartAsync();
        await node.ReopenAsync();
        await node.StartAsync();
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await node.AssertWholeAsync();
    }

    [Theory]
    [InlineData("BeginAsync")]
    [InlineData("CompleteWindowsAsync")]
    [InlineData("AppendLedgerAsync")]
    [InlineData("CommitAsync")]
    public async Task Giving_up_that_fails_is_done_by_the_next_start(string step)
    {
        await using var node = await RunningAsync();
        var lost = await ReleaseAndRestoreAsync(node);
        node.Store.FailOnceAt(step);
        await Assert.ThrowsAsync<VaultUnavailableException>(node.StartAsync);
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddHours(15));
        Assert.Empty((await node.ReleasedWindowsAsync()).Intersect(lost));
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await node.AssertWholeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Giving_up_that_was_cut_off_around_its_commit_is_in_force_after_the_next_start(bool committed)
    {
        await using var node = await RunningAsync();
        var lost = await ReleaseAndRestoreAsync(node);
        if (committed)
            node.Store.LoseNextAnswer = true;
        else
            node.Store.FailOnceAt("CommitAsync");
        await Assert.ThrowsAsync<VaultUnavailableException>(node.StartAsync);
        Assert.True(node.Fence.IsUnsettled);
        await node.ReopenAsync();
        await node.StartAsync();
        Assert.False(node.Fence.IsUnsettled);
        Assert.Equal(LastOfToday, node.Gate.Closed[^1]);
        await node.AdvanceToAsync(Morning.AddHours(15));
        Assert.Empty((await node.ReleasedWindowsAsync()).Intersect(lost));
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_wall_clock_that_has_lost_its_time_gives_up_the_day_of_the_newest_released_window_all_the_same()
    {
        await using var node = await RunningAsync();
        var lost = await ReleaseAndRestoreAsync(node);
        await node.ReopenAsync(() => File.Delete(node.FencePath));
        var now = node.Clock.Now;
        node.Clock.Now = DateTimeOffset.UnixEpoch.AddMinutes(5);
        await node.StartAsync();
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        var restored = Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        Assert.Equal(Today, restored.Content.Day);
        Assert.Equal(LastOfToday, node.Gate.Closed[^1]);
        Assert.Equal(LastOfToday, node.Fence.Published!.ReleasedThrough);
        Assert.Empty(await node.ContributionsAsync());

        node.Clock.Now = now;
        await node.AdvanceToAsync(Morning.AddHours(17));
        var released = await node.ReleasedWindowsAsync();
        Assert.Empty(released.Intersect(lost));
        Assert.Equal([LastOfToday.Next, LastOfToday.Next.Next], released.Skip(2));
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Plan && entry.Content.Day == Today);
    }

    [Fact]
    public async Task A_backup_restored_days_later_gives_up_everything_through_today_for_the_fence_may_be_old_too()
    {
        await using var node = await RunningAsync();
        await ReleaseAndRestoreAsync(node);
        var known = await node.ReleasedWindowsAsync();
        node.Clock.Now = Morning.AddDays(2);
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddDays(3));
        var since = (await node.ReleasedWindowsAsync()).Except(known).Select(window => window.Start.Date).Distinct();
        Assert.Equal([Morning.AddDays(3).Date], since);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task Without_its_fence_a_node_with_a_ledger_gives_up_today()
    {
        await using var node = await RunningAsync();
        await node.ReopenAsync(() => File.Delete(node.FencePath));
        var known = await node.ReleasedWindowsAsync();
        await node.StartAsync();
        await AssertTodayGivenUpAsync(node, known);
    }

    [Fact]
    public async Task With_a_fence_older_than_the_database_a_node_gives_up_today()
    {
        await using var node = await RunningAsync();
        var old = await File.ReadAllBytesAsync(node.FencePath, TestNode.Cancel);
        await node.AdvanceToAsync(Morning.AddDays(1));
        await node.ReopenAsync(() => File.WriteAllBytes(node.FencePath, old));
        var known = await node.ReleasedWindowsAsync();
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddDays(1).AddHours(8));
        Assert.Equal(known, await node.ReleasedWindowsAsync());
        Assert.Equal(Today.Next, (await node.LedgerAsync())[^1].Content.Day);
        Assert.Equal(LedgerEntryKind.Restored, (await node.LedgerAsync())[^1].Content.Kind);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_fence_without_its_database_gives_up_the_newest_released_day()
    {
        await using var node = await RunningAsync();
        await node.ReopenAsync(() => File.Delete(node.DatabasePath));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await AssertTodayGivenUpAsync(node, []);
    }

    [Fact]
    public async Task While_the_fence_cannot_be_written_nothing_is_released()
    {
        await using var node = await RunningAsync();
        var known = await node.MeasurementsAsync();
        node.Clock.Now = Morning.AddHours(4);
        node.BlockFence();
        var exception = await Assert.ThrowsAnyAsync<VaultUnavailableException>(
            async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Contains("fence", exception.Message, StringComparison.Ordinal);
        Assert.Equal(known, await node.MeasurementsAsync());

        node.UnblockFence();
        Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await AssertNothingGivenUpAsync(node);
    }

    [Fact]
    public async Task A_start_that_cannot_settle_the_fence_says_so_and_can_be_tried_again()
    {
        await using var node = await RunningAsync();
        node.Store.LoseNextAnswer = true;
        node.Clock.Now = Morning.AddHours(4);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.ReopenAsync();
        node.BlockFence();
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(node.StartAsync);
        node.UnblockFence();
        await node.StartAsync();
        await AssertNothingGivenUpAsync(node);
    }

    static async Task<TestNode> RunningAsync()
    {
        var node = new TestNode(Morning);
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddHours(3)); // 10:00 and 11:00 are released
        await node.ContributeAsync(devices[0], HourWindow.Containing(Morning.AddHours(3)));
        await node.ContributeAsync(devices[0], HourWindow.Containing(Morning.AddHours(4)));
        return node;
    }

    /// <summary>
    /// Backs the database up, releases three more windows, and puts the backup back. Answers with the windows that were lost.
    /// </summary>
    static async Task<HourWindow[]> ReleaseAndRestoreAsync(TestNode node)
    {
        byte[] backup = [];
        await node.ReopenAsync(() => backup = File.ReadAllBytes(node.DatabasePath));
        var known = await node.ReleasedWindowsAsync();
        await node.StartAsync();
        await node.AdvanceToAsync(Morning.AddHours(6));
        var lost = (await node.ReleasedWindowsAsync()).Except(known).ToArray();
        Assert.Equal(3, lost.Length);
        await node.ReopenAsync(() => File.WriteAllBytes(node.DatabasePath, backup));
        Assert.NotEmpty(await node.ContributionsAsync());
        return lost;
    }

    static async Task AssertTodayGivenUpAsync(TestNode node, IReadOnlyList<HourWindow> known)
    {
        var restored = Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        Assert.Equal(Today, restored.Content.Day);
        Assert.Empty(await node.ContributionsAsync());
        await node.AdvanceToAsync(Morning.AddHours(17));
        var after = (await node.ReleasedWindowsAsync()).Except(known).ToArray();
        Assert.Equal([LastOfToday.Next, LastOfToday.Next.Next], after);
        await node.AssertWholeAsync();
    }

    static async Task AssertNothingGivenUpAsync(TestNode node)
    {
        Assert.Equal(3, (await node.ReleasedWindowsAsync()).Count);
        Assert.DoesNotContain(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        await node.AssertWholeAsync();
    }
}
