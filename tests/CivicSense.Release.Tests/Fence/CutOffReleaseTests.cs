using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Fence;

/// <summary>Assumption A2 of docs/privacy/owner-day.md: noise is drawn once for a release, wherever the release is cut off.</summary>
public sealed class CutOffReleaseTests
{
    static readonly PrivacyDay Today = new(new DateOnly(2026, 3, 4));

    /// <summary>Where a release is cut off, in the order in which its steps come.</summary>
    public enum Cut
    {
        /// <summary>Before anything has been drawn.</summary>
        AtRead,

        /// <summary>The fence has it, and the database nothing.</summary>
        AfterPrepare,

        /// <summary>Everything has been written but not committed.</summary>
        AtCommit,

        /// <summary>The database has it, but nobody has been told.</summary>
        AfterCommit,

        /// <summary>The database has it, and only the fence has not been told.</summary>
        AtPublish,
    }

    public static TheoryData<Cut, bool, bool> Everywhere()
    {
        var data = new TheoryData<Cut, bool, bool>();
        foreach (var cut in Enum.GetValues<Cut>())
        {
            foreach (var lastOfDay in (bool[])[false, true])
            {
                data.Add(cut, lastOfDay, false);
                data.Add(cut, lastOfDay, true);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_release_that_was_cut_off_comes_out_once_and_as_it_was_drawn(Cut cut, bool lastOfDay, bool newProcess)
    {
        await using var node = await BeforeReleaseAsync(lastOfDay);
        var before = await node.LedgerAsync();
        await CutOffAsync(node, cut);
        var drawn = node.Fence.Prepared?.Release;
        Assert.Equal(cut == Cut.AtRead, drawn is null);
        Assert.Equal(cut is Cut.AfterCommit or Cut.AtPublish, (await node.ReleasedWindowsAsync()).Contains(Window(lastOfDay)));

        if (newProcess)
        {
            await node.ReopenAsync();
            await node.RestartSubscriberAsync();
            await node.StartAsync();
        }
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);

        await AssertReleasedAsync(node, lastOfDay, before, drawn);
        await using var uninterrupted = await BeforeReleaseAsync(lastOfDay);
        await uninterrupted.Cycle.ReleaseDueAsync(TestNode.Cancel);
        Assert.Equal(lastOfDay, (await node.BudgetsAsync(Today)).Count == 0);
        Assert.Equal(await uninterrupted.BudgetsAsync(Today), await node.BudgetsAsync(Today));

        await node.AdvanceToAsync(node.Clock.Now.AddHours(2));
        Assert.Equal(node.Subscriber.Windows, await node.ReleasedWindowsAsync());
        Assert.Equal(5, node.Subscriber.Windows.Count);
        Assert.Equal(lastOfDay ? [Today] : [], node.Subscriber.Days);
        await node.AssertWholeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_release_that_was_public_for_a_moment_is_done_over_in_a_backup_from_before_it(bool lastOfDay)
    {
        await using var node = await BeforeReleaseAsync(lastOfDay);
        byte[] backup = [], prepared = [];
        await node.ReopenAsync(() => backup = File.ReadAllBytes(node.DatabasePath));
        await node.StartAsync();
        var before = await node.LedgerAsync();
        node.Store.AfterCommit = () => prepared = File.ReadAllBytes(node.FencePath); // the process is killed here
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        var seen = await node.MeasurementsAsync();
        var ledger = await node.LedgerAsync();

        await node.ReopenAsync(() => Restore(node, backup, prepared));
        Assert.DoesNotContain(Window(lastOfDay), await node.ReleasedWindowsAsync());
        await node.RestartSubscriberAsync();
        var drawn = node.Fence.Prepared!.Release;
        await node.StartAsync();

        Assert.Equal(seen, await node.MeasurementsAsync());
        Assert.Equal(ledger.Select(entry => entry.Hash), (await node.LedgerAsync()).Select(entry => entry.Hash));
        await AssertReleasedAsync(node, lastOfDay, before, drawn);
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
    }

    [Fact]
    public async Task A_published_release_is_never_drawn_again_in_a_backup_from_before_it()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        byte[] backup = [];
        await node.ReopenAsync(() => backup = File.ReadAllBytes(node.DatabasePath));
        await node.StartAsync();
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        Assert.Contains(Window(false), await node.ReleasedWindowsAsync());
        await node.ReopenAsync(() => File.WriteAllBytes(node.DatabasePath, backup));
        await node.StartAsync();
        await node.AdvanceToAsync(node.Clock.Now.AddHours(10).AddMinutes(50)); // the day's last hour is due at 00:10

        Assert.Equal(2, (await node.ReleasedWindowsAsync()).Count);
        Assert.Empty(await node.BudgetsAsync(Today));
        Assert.Equal(Today, Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored).Content.Day);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_backup_older_than_a_release_that_was_cut_off_and_the_one_before_gives_the_day_up()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        byte[] backup = [];
        await node.ReopenAsync(() => backup = File.ReadAllBytes(node.DatabasePath));
        await node.StartAsync();
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        node.Clock.Now = node.Clock.Now.AddHours(1);
        await CutOffAsync(node, Cut.AfterCommit);
        await node.ReopenAsync(() => File.WriteAllBytes(node.DatabasePath, backup));
        await node.StartAsync();
        Assert.Null(node.Fence.Prepared);
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Restored);
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task While_a_release_cannot_be_done_over_nothing_else_is_released_or_planned()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        var before = await node.LedgerAsync();
        await CutOffAsync(node, Cut.AtCommit);
        var fence = await File.ReadAllTextAsync(node.FencePath, TestNode.Cancel);
        var drawn = node.Fence.Prepared!.Release;
        node.Clock.Now = node.Clock.Now.AddHours(10); // all but the last of the day and tomorrow's plan are due
        foreach (var step in (string[])["BeginAsync", "FindPlanAsync", "AppendLedgerAsync", "CommitAsync"])
        {
            node.Store.FailOnceAt(step);
            await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
            Assert.Equal(before.Length, (await node.LedgerAsync()).Length);
            Assert.Equal(fence, await File.ReadAllTextAsync(node.FencePath, TestNode.Cancel));
        }
        Assert.Equal(11, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await AssertReleasedAsync(node, lastOfDay: false, before, drawn);
    }

    [Fact]
    public async Task While_the_fence_cannot_be_told_of_a_commit_nothing_else_is_released()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        await CutOffAsync(node, Cut.AtPublish);
        var ledger = await node.LedgerAsync();
        node.BlockFence();
        node.Clock.Now = node.Clock.Now.AddHours(1);
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Equal(ledger.Length, (await node.LedgerAsync()).Length);
        node.UnblockFence();
        Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Equal(node.Subscriber.Windows, await node.ReleasedWindowsAsync());
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task What_arrives_after_a_release_was_cut_off_does_not_change_it()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        var before = await node.LedgerAsync();
        await CutOffAsync(node, Cut.AfterPrepare);
        var drawn = node.Fence.Prepared!.Release;
        await node.ReopenAsync();
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        await node.ContributeAsync(devices[4], Window(false), 400);
        await node.StartAsync();
        await AssertReleasedAsync(node, lastOfDay: false, before, drawn);
        Assert.DoesNotContain(devices[4].OwnerId, (await node.BudgetsAsync(Today)).Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plan_that_was_cut_off_is_planned_again(bool newProcess)
    {
        await using var node = new TestNode(At(9));
        await node.EnrolAsync(5);
        node.Store.FailOnceAt("CommitAsync", call: 2); // the first sets the windows' beginning
        await Assert.ThrowsAsync<VaultUnavailableException>(node.StartAsync);
        Assert.NotNull(node.Fence.Prepared);
        Assert.Null(node.Fence.Prepared.Release);
        if (newProcess)
            await node.ReopenAsync();
        await node.EnrolAsync(1); // so that the plan is another one
        await node.StartAsync();
        await node.AdvanceToAsync(At(12));
        var plan = Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Plan);
        Assert.Equal(plan.Content.PlanHash, PlanDocument.Hash((await node.Database.Commons.FindPlanAsync(Today, TestNode.Cancel))!));
        Assert.Equal([HourWindow.Containing(At(10)), HourWindow.Containing(At(11))], await node.ReleasedWindowsAsync());
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_database_that_was_exchanged_while_the_node_ran_stops_it()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        await CutOffAsync(node, Cut.AtPublish);
        node.Execute("DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)");
        node.Execute("DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
    }

    [Fact]
    public async Task An_older_database_put_in_place_between_two_releases_stops_the_node_before_anything_is_released()
    {
        await using var node = await BeforeReleaseAsync(lastOfDay: false);
        var window = Window(lastOfDay: false);
        node.Execute("DELETE FROM measurement WHERE \"window\" = (SELECT max(\"window\") FROM measurement)");
        node.Execute("DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)");
        node.Execute("UPDATE vault_state SET released_through = released_through - 1");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.DoesNotContain(window, await node.ReleasedWindowsAsync());
    }

    static DateTimeOffset At(int hour, int minute = 20) => new(2026, 3, 4, hour, minute, 0, TimeSpan.Zero);

    /// <summary>The window that is about to be released.</summary>
    static HourWindow Window(bool lastOfDay) => HourWindow.Containing(At(lastOfDay ? 23 : 12));

    /// <summary>Two windows have been released, with contributions, and the third is due.</summary>
    static async Task<TestNode> BeforeReleaseAsync(bool lastOfDay)
    {
        var window = Window(lastOfDay);
        var node = new TestNode(window.Start.AddHours(-2).AddMinutes(-40));
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        for (var hour = 0; hour < 3; hour++)
        {
            foreach (var device in devices.Take(2 + hour))
                await node.ContributeAsync(device, new HourWindow(window.Index - 2 + hour), 15 + device.Id);
        }
        await node.AdvanceToAsync(window.Start.AddMinutes(50));
        Assert.Equal(2, (await node.ReleasedWindowsAsync()).Count);
        node.Clock.Now = window.End.AddMinutes(10);
        return node;
    }

    static async Task CutOffAsync(TestNode node, Cut cut)
    {
        switch (cut)
        {
            case Cut.AtRead:
                node.Store.FailOnceAt("ReadBudgetsAsync");
                break;
            case Cut.AfterPrepare:
                node.Store.FailOnceAt("WriteMeasurementsAsync");
                break;
            case Cut.AtCommit:
                node.Store.FailOnceAt("CommitAsync");
                break;
            case Cut.AfterCommit:
                node.Store.LoseNextAnswer = true;
                break;
            default:
                node.Store.AfterCommit = node.BlockFence;
                Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel)); // the commit stands, so nothing has failed
                node.Store.AfterCommit = null;
                node.UnblockFence();
                return;
        }
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
    }

    static void Restore(TestNode node, byte[] database, byte[] fence)
    {
        File.WriteAllBytes(node.DatabasePath, database);
        File.WriteAllBytes(node.FencePath, fence);
    }

    /// <summary>The window has been released once, whole, told of once, and with the values that were drawn, if any were.</summary>
    static async Task AssertReleasedAsync(TestNode node, bool lastOfDay, LedgerEntry[] before, PreparedRelease? drawn)
    {
        var window = Window(lastOfDay);
        var measurements = (await node.MeasurementsAsync()).Where(value => value.Window == window).ToArray();
        Assert.Equal(4, measurements.Length);
        Assert.Equal(4, measurements.Select(value => value.Quantity).Distinct().Count());
        var activity = await node.Database.Commons.ReadActivityAsync(Today, Today.Next, TestNode.Cancel);
        Assert.Equal(lastOfDay ? 1 : 0, activity.Count);
        var added = (await node.LedgerAsync())[before.Length..][..(lastOfDay ? 2 : 1)];
        if (drawn is not null)
        {
            Assert.Equal(drawn.Values, measurements.Select(value => value.Value));
            Assert.Equal(
                drawn.Baselines.Select(BitConverter.DoubleToInt64Bits),
                measurements.Select(value => BitConverter.DoubleToInt64Bits(value.Baseline)));
            Assert.Equal(drawn.Activity, activity.Select(value => value.Value));
            Assert.Equal(drawn.Entries.Select(entry => entry.Document), added.Select(entry => entry.Document));
        }
        Assert.All(measurements, value => Assert.Equal(added[0].Content.Sequence, value.LedgerSequence));
        Assert.Single(node.Subscriber.Windows, window);
        Assert.Equal(lastOfDay ? [Today] : [], node.Subscriber.Days);
        Assert.DoesNotContain(await node.ContributionsAsync(), contribution => contribution.Window <= window);
        Assert.Null(node.Fence.Prepared);
        await node.AssertWholeAsync();
    }
}
