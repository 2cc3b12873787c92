using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release.Tests.Schedule;

/// <summary>Assumptions A1, A2 and A7 of docs/privacy/owner-day.md, over whole days.</summary>
public sealed class ReleaseCycleTests
{
    static DateTimeOffset At(int day, int hour, int minute = 0) => new(2026, 3, day, hour, minute, 0, TimeSpan.Zero);

    static HourWindow Hour(int day, int hour) => HourWindow.Containing(At(day, hour));

    static HourWindow[] Hours(HourWindow first, int count) =>
        [.. Enumerable.Range(0, count).Select(index => new HourWindow(first.Index + index))];

    [Fact]
    public async Task Windows_are_released_in_order_and_once_from_the_first_whole_hour()
    {
        await using var node = new TestNode(At(4, 9, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 14, 20));
        Assert.Equal(Hours(Hour(4, 10), 4), await node.ReleasedWindowsAsync());
        Assert.Equal(Hours(Hour(4, 10), 4), node.Subscriber.Windows);
        Assert.Equal(4, node.Cycle.Progress.Windows);
        Assert.Equal(16, node.Cycle.Progress.Keys);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_window_is_not_released_before_its_lateness_has_passed_and_is_shut_first()
    {
        await using var node = new TestNode(At(4, 9, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        node.Clock.Now = At(4, 11, 10).AddTicks(-1);
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        Assert.Empty(await node.MeasurementsAsync());
        Assert.DoesNotContain(Hour(4, 10), node.Gate.Closed);
        Assert.Equal(At(4, 11, 10), node.Cycle.NextDue);

        node.Clock.Now = At(4, 11, 10);
        Assert.Equal(1, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Equal([Hour(4, 10)], await node.ReleasedWindowsAsync());
        Assert.Contains(Hour(4, 10), node.Gate.Closed);
    }

    [Fact]
    public async Task Ledger_says_how_many_ingest_processes_a_window_was_released_without()
    {
        await using var node = new TestNode(At(4, 9, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        node.Gate.Absent = 2;
        await node.AdvanceToAsync(At(4, 11, 10));
        node.Gate.Absent = 0;
        await node.AdvanceToAsync(At(4, 12, 10));

        var windows = (await node.LedgerAsync()).Where(entry => entry.Content.Kind == LedgerEntryKind.Window).ToArray();
        Assert.Equal([(Hour(4, 10), 2), (Hour(4, 11), 0)],
            windows.Select(entry => (entry.Content.Window!.Value, entry.Content.AbsentIngestProcesses)));
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task What_arrives_after_the_release_goes_to_no_release()
    {
        await using var node = new TestNode(At(4, 9, 20));
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.ContributeAsync(devices[0], Hour(4, 10));
        await node.AdvanceToAsync(At(4, 11, 10));
        Assert.Empty(await node.ContributionsAsync());
        await Assert.ThrowsAsync<WindowReleasedException>(() => node.ContributeAsync(devices[1], Hour(4, 10)));
    }

    [Fact]
    public async Task The_plan_is_fixed_an_hour_before_its_day_and_later_enrolment_does_not_change_it()
    {
        await using var node = new TestNode(At(4, 20, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 22, 50));
        Assert.Null(await PlanAsync(node, 5));
        await node.AdvanceToAsync(At(4, 23));
        var fixedPlan = await PlanAsync(node, 5);
        Assert.Equal((Hour(5, 0), 5), (fixedPlan!.FirstWindow, fixedPlan.Areas.Single().EnrolledOwners));

        var late = await node.EnrolAsync(3);
        await node.ContributeAsync(late[0], Hour(5, 2));
        await node.AdvanceToAsync(At(5, 4, 20));
        Assert.Equal(fixedPlan, await PlanAsync(node, 5));
        Assert.Equal(0, node.Execute("SELECT count(*) FROM vault_budget WHERE owner_id > 5"));
        await node.AdvanceToAsync(At(6, 0, 20));
        Assert.Equal(8, (await PlanAsync(node, 6))!.Areas.Single().EnrolledOwners);
    }

    [Fact]
    public async Task A_node_that_starts_during_the_day_plans_from_the_next_hour()
    {
        await using var node = new TestNode(At(4, 9));
        await node.EnrolAsync(5);
        await node.StartAsync();
        Assert.Equal(Hour(4, 10), (await PlanAsync(node, 4))!.FirstWindow);
        Assert.Equal([LedgerEntryKind.Plan], (await node.LedgerAsync()).Select(entry => entry.Content.Kind));
    }

    [Fact]
    public async Task With_too_few_households_nothing_is_released_until_there_are_enough()
    {
        await using var node = new TestNode(At(4, 9, 20));
        var devices = await node.EnrolAsync(4);
        await node.StartAsync();
        await node.ContributeAsync(devices[0], Hour(4, 10));
        await node.AdvanceToAsync(At(4, 12, 20));
        Assert.Empty(await node.LedgerAsync());
        Assert.Empty(await node.ContributionsAsync());
        Assert.Single(node.Log.Lines, line => line.Level == LogLevel.Warning); // not one each minute

        await node.EnrolAsync(1);
        await node.AdvanceToAsync(At(4, 15, 20));
        Assert.Equal(Hours(Hour(4, 13), 2), await node.ReleasedWindowsAsync());
        await node.AssertWholeAsync();
    }

    [Theory]
    [InlineData(3, 29, 23)]
    [InlineData(10, 25, 25)]
    [InlineData(7, 1, 24)]
    public async Task A_day_has_as_many_windows_as_its_clock_has_hours(int month, int day, int hours)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var privacyDay = new PrivacyDay(new DateOnly(2026, month, day));
        var first = privacyDay.Windows(zone)[0];
        await using var node =
            new TestNode(first.Start.AddHours(-1).AddMinutes(5), new ReleaseOptions { TimeZone = "Europe/London", Rho = 1 });
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.ContributeAsync(devices[0], first);
        await node.AdvanceToAsync(first.Start.AddHours(hours).AddMinutes(10));

        Assert.Equal(Hours(first, hours), await node.ReleasedWindowsAsync());
        Assert.Equal([privacyDay], node.Subscriber.Days);
        Assert.Single(await node.Database.Commons.ReadActivityAsync(privacyDay, privacyDay.Next, TestNode.Cancel));
        Assert.Equal(0, node.Execute("SELECT (SELECT count(*) FROM vault_budget) + (SELECT count(*) FROM vault_active_owner)"));
        Assert.Equal(5, node.Execute("SELECT count(*) FROM vault_plan_device")); // the next day's
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task After_three_days_down_the_planned_windows_are_caught_up_and_the_others_given_up()
    {
        await using var node = new TestNode(At(4, 9, 20));
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 12, 20));
        foreach (var window in new[] { Hour(4, 13), Hour(5, 8), Hour(7, 13) })
            await node.ContributeAsync(devices[0], window);
        await node.ReopenAsync();
        node.Clock.Now = At(7, 15, 20);
        await node.StartAsync();
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);

        // The 4th had a plan; the 5th and 6th had none, and the 7th has one from 16:00.
        Assert.Equal(Hours(Hour(4, 10), 14), await node.ReleasedWindowsAsync());
        Assert.Empty(await node.ContributionsAsync());
        Assert.Null(await PlanAsync(node, 5));
        await node.AdvanceToAsync(At(7, 18, 20));
        Assert.Equal([.. Hours(Hour(4, 10), 14), .. Hours(Hour(7, 16), 2)], await node.ReleasedWindowsAsync());
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task Contributions_of_windows_that_no_plan_covers_are_deleted_unreleased()
    {
        await using var node = new TestNode(At(4, 9, 20));
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        await node.ContributeAsync(devices[0], Hour(4, 9));
        await node.ContributeAsync(devices[0], Hour(4, 10));
        await node.AdvanceToAsync(At(4, 10, 10));
        Assert.Equal([Hour(4, 10)], (await node.ContributionsAsync()).Select(contribution => contribution.Window));
        Assert.Empty(await node.MeasurementsAsync());
    }

    [Fact]
    public async Task By_event_time_a_replay_is_planned_from_its_first_hour_and_no_day_ahead()
    {
        await using var node = new TestNode(At(4, 0, 0), new ReleaseOptions { Rho = 1, Clock = ClockMode.Event });
        var devices = await node.EnrolAsync(5);
        await node.StartAsync();
        Assert.Empty(await node.LedgerAsync());
        for (var hour = 0; hour < 48; hour++)
            await node.ContributeAsync(devices[0], new HourWindow(Hour(4, 0).Index + hour));
        node.Clock.Now = At(5, 23, 30); // one message from far ahead
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);

        Assert.Equal(Hours(Hour(4, 0), 47), await node.ReleasedWindowsAsync());
        Assert.Equal(Hour(5, 0), (await PlanAsync(node, 5))!.FirstWindow);
        Assert.Null(await PlanAsync(node, 6));
        Assert.Single(await node.ContributionsAsync());
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_restart_goes_on_where_the_last_run_ended()
    {
        await using var node = new TestNode(At(4, 9, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 12, 20));
        await node.ReopenAsync();
        await node.StartAsync();
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.AdvanceToAsync(At(4, 14, 20));
        Assert.Equal(Hours(Hour(4, 10), 4), await node.ReleasedWindowsAsync());
        Assert.Single(await node.LedgerAsync(), entry => entry.Content.Kind == LedgerEntryKind.Plan);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task Where_telling_of_the_last_window_fails_the_day_is_still_told_of_and_nothing_is_released_again()
    {
        await using var node = new TestNode(At(4, 21, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(5, 0, 0));
        node.Subscriber.Failure = new VaultUnavailableException("The disk is full.", null);
        node.Clock.Now = At(5, 0, 10);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        node.Subscriber.Failure = null;
        Assert.Equal(0, await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        Assert.Single(node.Subscriber.Days);
        await node.AssertWholeAsync();
    }

    [Fact]
    public async Task A_day_that_was_planned_in_one_time_zone_is_not_released_in_another()
    {
        await using var node = new TestNode(At(4, 9, 20));
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(At(4, 11, 20));
        await node.ReopenAsync();
        node.Options = node.Options with { TimeZone = "Europe/London" };
        await node.StartAsync();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => node.AdvanceToAsync(At(4, 12, 20)));
        Assert.Contains("Set it back", exception.Message, StringComparison.Ordinal);
        Assert.Equal([Hour(4, 10)], await node.ReleasedWindowsAsync());
    }

    [Fact]
    public async Task Wrong_options_are_refused_before_anything_is_read()
    {
        await using var node = new TestNode(At(4, 9), new ReleaseOptions { Rho = 2, MinimumOwnersPerArea = 1 });
        var exception = await Assert.ThrowsAsync<ArgumentException>(node.StartAsync);
        Assert.Contains("rho: 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("minimumOwnersPerArea: 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_released_before_the_start()
    {
        await using var node = new TestNode(At(4, 9));
        var cycle = new ReleaseCycle(
            node.Store, node.Gate, node.Baseline, node.Subscriber, ReleaseFence.Open(node.FencePath), node.Options, node.Clock, node.Log);
        Assert.Null(cycle.NextDue);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cycle.ReleaseDueAsync(TestNode.Cancel));
    }

    static async Task<ReleasePlan?> PlanAsync(TestNode node, int day) =>
        await node.Database.Commons.FindPlanAsync(new PrivacyDay(new DateOnly(2026, 3, day)), TestNode.Cancel);
}
