using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Schedule;

/// <summary>A database that cannot be written for a moment, at every step of the day's last release, which has them all.</summary>
public sealed class FailingStoreTests
{
    static readonly DateTimeOffset LastHour = new(2026, 3, 4, 23, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("BeginAsync", 1)]
    [InlineData("ReadContributionsAsync", 1)]
    [InlineData("ReadBudgetsAsync", 1)]
    [InlineData("WriteMeasurementsAsync", 1)]
    [InlineData("AppendLedgerAsync", 1)]
    [InlineData("WriteBudgetsAsync", 1)]
    [InlineData("AddActiveOwnersAsync", 1)]
    [InlineData("CompleteWindowsAsync", 1)]
    [InlineData("ReadActiveOwnersAsync", 1)]
    [InlineData("WriteActivityAsync", 1)]
    [InlineData("AppendLedgerAsync", 2)]
    [InlineData("ForgetDaysAsync", 1)]
    [InlineData("CommitAsync", 1)]
    public async Task A_failing_step_loses_nothing_and_the_next_call_releases_every_key_once(string step, int call)
    {
        await using var node = await AtLastHourAsync();
        var ledger = await node.LedgerAsync();
        node.Store.FailOnceAt(step, call);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));

        Assert.Equal(1, node.Store.Failures);
        Assert.Equal(ledger.Select(entry => entry.Hash), (await node.LedgerAsync()).Select(entry => entry.Hash));
        Assert.Single(await node.ContributionsAsync());
        Assert.Empty(node.Subscriber.Days);
        await node.AssertWholeAsync();

        Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await AssertClosedAsync(node, ledger.Length);
    }

    [Theory]
    [InlineData("BeginAsync")]
    [InlineData("WriteMeasurementsAsync")]
    [InlineData("CommitAsync")]
    public async Task A_restart_after_a_failed_step_releases_every_key_once_too(string step)
    {
        await using var node = await AtLastHourAsync();
        var ledger = await node.LedgerAsync();
        node.Store.FailOnceAt(step);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.ReopenAsync();
        await node.StartAsync(); // does over what was cut off after its draw
        Assert.Equal(step == "BeginAsync" ? 1 : 0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await AssertClosedAsync(node, ledger.Length);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_told_of_by_the_next_call_and_not_repeated()
    {
        await using var node = await AtLastHourAsync();
        var ledger = await node.LedgerAsync();
        node.Store.LoseNextAnswer = true;
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        var released = await node.MeasurementsAsync();
        Assert.DoesNotContain(HourWindow.Containing(LastHour), node.Subscriber.Windows);

        Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Equal(released, await node.MeasurementsAsync());
        Assert.Single(node.Subscriber.Windows, HourWindow.Containing(LastHour));
        await AssertClosedAsync(node, ledger.Length);
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
    }

    [Fact]
    public async Task A_plan_whose_commits_answer_is_lost_stands()
    {
        await using var node = await AtLastHourAsync(LastHour.AddMinutes(-10));
        node.Store.LoseNextAnswer = true;
        node.Clock.Now = LastHour;
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        Assert.Null(node.Fence.Prepared);
        Assert.Equal(2, (await node.LedgerAsync()).Count(entry => entry.Content.Kind == LedgerEntryKind.Plan));
        await node.AssertWholeAsync();
    }

    [Theory]
    [InlineData("BeginAsync")]
    [InlineData("FindPlanAsync")]
    [InlineData("ReadDevicesAsync")]
    [InlineData("WritePlanAsync")]
    [InlineData("AppendLedgerAsync")]
    [InlineData("CommitAsync")]
    public async Task A_plan_that_could_not_be_fixed_is_fixed_by_the_next_call(string step)
    {
        await using var node = await AtLastHourAsync(LastHour.AddMinutes(-10));
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        node.Store.FailOnceAt(step);
        node.Clock.Now = LastHour;
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        Assert.Equal(1, node.Execute("SELECT count(*) FROM plan WHERE document LIKE '%2026-03-05T00:00:00Z%'"));
        await node.AssertWholeAsync();
    }

    static async Task<TestNode> AtLastHourAsync(DateTimeOffset? now = null)
    {
        var node = new TestNode(LastHour.AddHours(-2).AddMinutes(20));
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.ContributeAsync(devices[0], HourWindow.Containing(LastHour));
        await node.AdvanceToAsync(now ?? LastHour.AddHours(1));
        node.Clock.Now = now ?? LastHour.AddHours(1).AddMinutes(10);
        return node;
    }

    static async Task AssertClosedAsync(TestNode node, int ledgerBefore)
    {
        var added = (await node.LedgerAsync())[ledgerBefore..];
        Assert.Equal([LedgerEntryKind.Window, LedgerEntryKind.Activity], added.Select(entry => entry.Content.Kind));
        Assert.Empty(await node.ContributionsAsync());
        Assert.Equal(0, node.Execute("SELECT (SELECT count(*) FROM vault_budget) + (SELECT count(*) FROM vault_active_owner)"));
        Assert.Single(node.Subscriber.Days);
        await node.AssertWholeAsync();
    }
}
