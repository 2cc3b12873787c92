using CivicSense.Commons;

namespace CivicSense.Release.Tests.Schedule;

/// <summary>
/// A plan fixes its day's last window, and the time zone's rules may change after that. Here a plan was made under other rules than those
/// which this machine knows.
/// </summary>
public sealed class FixedLastWindowTests
{
    static readonly PrivacyDay Today = new(new DateOnly(2026, 3, 4));

    static DateTimeOffset At(int day, int hour, int minute = 0) => new(2026, 3, day, hour, minute, 0, TimeSpan.Zero);

    static HourWindow Hour(int day, int hour) => HourWindow.Containing(At(day, hour));

    [Fact]
    public async Task After_the_plans_last_window_nothing_of_the_day_is_released_and_nobody_gets_a_fresh_budget()
    {
        await using var node = await PlannedAsync(lastWindow: Hour(4, 21));
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        for (var hour = 19; hour < 24; hour++)
            await node.ContributeAsync(devices[0], Hour(4, hour));
        await node.AdvanceToAsync(At(4, 22, 0));
        Assert.Single(await node.BudgetsAsync(Today));
        for (var time = At(4, 22, 10); time <= At(5, 0, 10); time = time.AddHours(1))
        {
            await node.AdvanceToAsync(time);
            Assert.Equal([Today], node.Subscriber.Days);
            Assert.Empty(await node.BudgetsAsync(Today));
        }
        Assert.Empty(await node.ContributionsAsync());
        Assert.Equal([Hour(4, 19), Hour(4, 20), Hour(4, 21)], await node.ReleasedWindowsAsync());

        await node.AdvanceToAsync(At(5, 2, 20));
        Assert.Equal([Hour(5, 0), Hour(5, 1)], (await node.ReleasedWindowsAsync()).Skip(3));
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_restart_after_the_plans_last_window_changes_nothing_of_that()
    {
        await using var node = await PlannedAsync(lastWindow: Hour(4, 21));
        await node.AdvanceToAsync(At(4, 22, 20));
        await node.ReopenAsync();
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        await node.ContributeAsync(devices[0], Hour(4, 22));
        await node.StartAsync();
        await node.AdvanceToAsync(At(5, 0, 20));
        Assert.Equal([Hour(4, 19), Hour(4, 20), Hour(4, 21)], await node.ReleasedWindowsAsync());
        Assert.Empty(await node.BudgetsAsync(Today));
        Assert.Equal([Today], node.Subscriber.Days);
    }

    [Fact]
    public async Task Giving_a_day_up_ends_at_the_plans_last_window_where_the_day_is_shorter_by_now()
    {
        await using var node = await PlannedAsync(lastWindow: Hour(5, 1));
        byte[] backup = [];
        await node.AdvanceToAsync(At(4, 20, 20));
        await node.ReopenAsync(() => backup = File.ReadAllBytes(node.DatabasePath));
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 21, 20));
        await node.ReopenAsync(() => File.WriteAllBytes(node.DatabasePath, backup));
        await node.StartAsync();
        Assert.Equal(Hour(5, 1), node.Gate.Closed[^1]);
        await node.AdvanceToAsync(At(5, 4, 20));
        Assert.Equal([Hour(4, 19), Hour(5, 2), Hour(5, 3)], await node.ReleasedWindowsAsync());
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task Giving_a_day_up_ends_at_the_zones_last_window_where_the_day_is_longer_by_now()
    {
        await using var node = await PlannedAsync(lastWindow: Hour(4, 21));
        await node.AdvanceToAsync(At(4, 20, 20));
        await node.ReopenAsync(() => File.Delete(node.FencePath));
        await node.StartAsync();
        Assert.Equal(Hour(4, 23), node.Gate.Closed[^1]);
    }

    /// <summary>A node whose plan of the 4th covers 19:00 to <paramref name="lastWindow"/>.</summary>
    static async Task<TestNode> PlannedAsync(HourWindow lastWindow)
    {
        var node = new TestNode(At(4, 18, 20));
        await node.EnrolAsync(5);
        var plan = Enrolments.Plan(await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel), node.Options, Today);
        plan = plan with { Public = plan.Public with { FirstWindow = Hour(4, 19), LastWindow = lastWindow } };
        await using (var transaction = await node.Database.Releases.BeginAsync(TestNode.Cancel))
        {
            await transaction.WritePlanAsync(plan, TestNode.Cancel);
            var entry = FencedCommit.Entry(
                transaction.State, LedgerEntryKind.Plan, node.Clock.Now, Today, null, PlanDocument.Hash(plan.Public), 0,
                ValuesHash.OfNothing,
                plan.Public.Rho);
            await transaction.AppendLedgerAsync(entry, TestNode.Cancel);
            await transaction.CommitAsync(ReleaseFence.Open(node.FencePath), entry);
        }
        await node.StartAsync();
        return node;
    }
}
