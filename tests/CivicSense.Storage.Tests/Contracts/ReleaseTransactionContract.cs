using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IReleaseStore"/> does.</summary>
public abstract class ReleaseTransactionContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_store_has_released_nothing()
    {
        await using var store = await CreateAsync();
        await using var release = await store.Releases.BeginAsync(Cancel);

        Assert.Equal(new ReleaseState(null, 0, LedgerEntry.Genesis), release.State);
        Assert.Empty(await release.ReadDevicesAsync(Cancel));
        Assert.Null(await release.FindPlanAsync(Samples.Day, Cancel));
        Assert.Empty(await release.ReadContributionsAsync(Samples.Window, Cancel));
        Assert.Empty(await release.ReadBudgetsAsync(Samples.Day, Cancel));
        Assert.Empty(await release.ReadActiveOwnersAsync(Samples.Day, Cancel));
    }

    [Fact]
    public async Task Devices_and_contributions_are_read_in_order()
    {
        await using var store = await CreateAsync();
        var devices = await store.Vault.EnrolAsync([Samples.Request("a", "z-1"), Samples.Request("b", "a-1")], Cancel);
        var first = Samples.Contribution(1, Samples.Window, Quantity.Pm25);
        var second = Samples.Contribution(1, Samples.Window, Quantity.Laeq);
        var third = Samples.Contribution(2, Samples.Window, Quantity.Pm25);
        await store.Vault.CommitAsync(new[] { third, second, first, Samples.Contribution(1, Samples.Window.Next) }, Cancel);

        await using var release = await store.Releases.BeginAsync(Cancel);

        Assert.Equal(devices, await release.ReadDevicesAsync(Cancel));
        Assert.Equal([first, second, third], await release.ReadContributionsAsync(Samples.Window, Cancel));
    }

    [Fact]
    public async Task Committed_release_is_public_and_survives_a_restart()
    {
        await using var store = await CreateAsync();
        var plan = Samples.PrivatePlan(Samples.Day);
        var entry = Samples.Entry(1, LedgerEntry.Genesis);
        var measurement = Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25, long.MinValue);
        var activity = new NoisyActivity(Samples.Day, Samples.South, long.MaxValue, 1);
        await store.Vault.CommitAsync(
            new[] { Samples.Contribution(1, Samples.Window), Samples.Contribution(1, Samples.Window.Next) }, Cancel);

        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(plan, Cancel);
            await release.WriteMeasurementsAsync([measurement], Cancel);
            await release.WriteActivityAsync([activity], Cancel);
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 77), new(2, 0)], Cancel);
            await release.AddActiveOwnersAsync(Samples.Day, [new(1, 0), new(1, 1)], Cancel);
            await release.AppendLedgerAsync(entry, Cancel);
            await release.CompleteWindowsAsync(Samples.Window, Cancel);
        });
        await store.RestartAsync();

        Assert.Equal(plan.Public, await store.Commons.FindPlanAsync(Samples.Day, Cancel));
        Assert.Equal([measurement], await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
        Assert.Equal([activity], await store.Commons.ReadActivityAsync(Samples.Day, Samples.Day.Next, Cancel));
        Assert.Equal(entry.Hash, Assert.Single(await store.Commons.ReadLedgerAsync(0, 10, Cancel)).Hash);
        Assert.Equal([Samples.Contribution(1, Samples.Window.Next)], await store.Vault.ReadContributionsAsync(Cancel));
        await using var next = await store.Releases.BeginAsync(Cancel);
        Assert.Equal(new ReleaseState(Samples.Window, 1, entry.Hash), next.State);
        var stored = await next.FindPlanAsync(Samples.Day, Cancel);
        Assert.Equal(plan.Public, stored!.Public);
        Assert.Equal(plan.Devices.AsEnumerable(), stored.Devices);
        Assert.Equal(new Dictionary<int, long> { [1] = 77, [2] = 0 }, await next.ReadBudgetsAsync(Samples.Day, Cancel));
        Assert.Equivalent(new ActiveOwner[] { new(1, 0), new(1, 1) }, await next.ReadActiveOwnersAsync(Samples.Day, Cancel), strict: true);
    }

    [Fact]
    public async Task Disposing_without_commit_undoes_everything()
    {
        await using var store = await CreateAsync();
        var contribution = Samples.Contribution(1, Samples.Window);
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);
        await store.ReleaseAsync(async release =>
        {
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 100)], Cancel);
            await release.AddActiveOwnersAsync(Samples.Day, [new(1, 0)], Cancel);
        });

        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel);
            await release.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25)], Cancel);
            await release.WriteActivityAsync([new NoisyActivity(Samples.Day, Samples.North, 1, 1)], Cancel);
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 50), new(2, 1)], Cancel);
            await release.AddActiveOwnersAsync(Samples.Day, [new(2, 1)], Cancel);
            await release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel);
            await release.CompleteWindowsAsync(Samples.Window, Cancel);
            await release.ForgetDaysAsync(Samples.Day, Cancel);
        }

        Assert.Null(await store.Commons.FindLatestPlanAsync(Cancel));
        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
        Assert.Empty(await store.Commons.ReadActivityAsync(Samples.Day, Samples.Day.Next, Cancel));
        Assert.Equal(0, (await store.Commons.ReadLedgerSummaryAsync(Cancel)).Entries);
        Assert.Equal([contribution], await store.Vault.ReadContributionsAsync(Cancel));
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);
        await using var next = await store.Releases.BeginAsync(Cancel);
        Assert.Equal(new ReleaseState(null, 0, LedgerEntry.Genesis), next.State);
        Assert.Null(await next.FindPlanAsync(Samples.Day, Cancel));
        Assert.Equal(new Dictionary<int, long> { [1] = 100 }, await next.ReadBudgetsAsync(Samples.Day, Cancel));
        Assert.Equal([new ActiveOwner(1, 0)], await next.ReadActiveOwnersAsync(Samples.Day, Cancel));
    }

    [Fact]
    public async Task Measurement_for_a_key_cannot_be_written_twice() => await RefusedTheSecondTimeAsync(
        release => release.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25)], Cancel),
        release => release.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25, 6)], Cancel));

    [Fact]
    public async Task Activity_of_a_day_and_area_cannot_be_written_twice() => await RefusedTheSecondTimeAsync(
        release => release.WriteActivityAsync([new NoisyActivity(Samples.Day, Samples.North, 1, 1)], Cancel),
        release => release.WriteActivityAsync([new NoisyActivity(Samples.Day, Samples.North, 2, 2)], Cancel));

    [Fact]
    public async Task Plan_of_a_day_cannot_be_written_twice() => await RefusedTheSecondTimeAsync(
        release => release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel),
        release => release.WritePlanAsync(Samples.PrivatePlan(Samples.Day, rho: 0.5m), Cancel));

    [Fact]
    public async Task Ledger_sequence_cannot_be_used_twice() => await RefusedTheSecondTimeAsync(
        release => release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel),
        release => release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis, LedgerEntryKind.Plan), Cancel));

    [Fact]
    public async Task Ledger_entry_must_continue_the_sequence() => await RefusedTheSecondTimeAsync(
        release => release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel),
        release => release.AppendLedgerAsync(Samples.Entry(3, Samples.Entry(1, LedgerEntry.Genesis).Hash), Cancel));

    [Fact]
    public async Task Ledger_entry_must_name_the_head_as_its_previous() => await RefusedTheSecondTimeAsync(
        release => release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel),
        release => release.AppendLedgerAsync(Samples.Entry(2, LedgerEntry.Genesis), Cancel));

    [Fact]
    public async Task Windows_are_completed_only_forward() => await RefusedTheSecondTimeAsync(
        release => release.CompleteWindowsAsync(Samples.Window, Cancel),
        release => release.CompleteWindowsAsync(Samples.Window, Cancel));

    [Fact]
    public async Task Budget_cannot_become_negative() => await RefusedTheSecondTimeAsync(
        release => release.WriteBudgetsAsync(Samples.Day, [new(1, 0)], Cancel),
        release => release.WriteBudgetsAsync(Samples.Day, [new(1, -1)], Cancel));

    [Fact]
    public async Task Failed_step_leaves_nothing_that_could_be_committed()
    {
        await using var store = await CreateAsync();
        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            await release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel);
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await release.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel));

            await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await release.CommitAsync(Cancel));
        }

        Assert.Empty(await store.Commons.ReadLedgerAsync(0, 10, Cancel));
    }

    [Fact]
    public async Task Several_entries_of_one_transaction_make_a_chain()
    {
        await using var store = await CreateAsync();
        var first = Samples.Entry(1, LedgerEntry.Genesis, LedgerEntryKind.Plan);
        var second = Samples.Entry(2, first.Hash);

        await store.ReleaseAsync(async release =>
        {
            await release.AppendLedgerAsync(first, Cancel);
            await release.AppendLedgerAsync(second, Cancel);
        });

        await using var next = await store.Releases.BeginAsync(Cancel);
        Assert.Equal(new ReleaseState(null, 2, second.Hash), next.State);
    }

    [Fact]
    public async Task Owners_already_active_stay_and_written_budgets_replace()
    {
        await using var store = await CreateAsync();
        await store.ReleaseAsync(async release =>
        {
            await release.AddActiveOwnersAsync(Samples.Day, [new(1, 0)], Cancel);
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 100), new(2, 90)], Cancel);
        });

        await store.ReleaseAsync(async release =>
        {
            await release.AddActiveOwnersAsync(Samples.Day, [new(1, 0), new(2, 0)], Cancel);
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 60)], Cancel);
        });

        await using var next = await store.Releases.BeginAsync(Cancel);
        Assert.Equal(2, (await next.ReadActiveOwnersAsync(Samples.Day, Cancel)).Count);
        Assert.Equal(new Dictionary<int, long> { [1] = 60, [2] = 90 }, await next.ReadBudgetsAsync(Samples.Day, Cancel));
    }

    [Fact]
    public async Task Forgotten_days_keep_their_public_plan_and_later_days_keep_everything()
    {
        await using var store = await CreateAsync();
        var later = Samples.Day.Next;
        await store.ReleaseAsync(async release =>
        {
            foreach (var day in new[] { Samples.Day, later })
            {
                await release.WritePlanAsync(Samples.PrivatePlan(day), Cancel);
                await release.WriteBudgetsAsync(day, [new(1, 5)], Cancel);
                await release.AddActiveOwnersAsync(day, [new(1, 0)], Cancel);
            }
            await release.ForgetDaysAsync(Samples.Day, Cancel);
        });

        await using var next = await store.Releases.BeginAsync(Cancel);
        Assert.Empty(await next.ReadBudgetsAsync(Samples.Day, Cancel));
        Assert.Empty(await next.ReadActiveOwnersAsync(Samples.Day, Cancel));
        var forgotten = await next.FindPlanAsync(Samples.Day, Cancel);
        Assert.Equal(Samples.Plan(Samples.Day), forgotten!.Public);
        Assert.Empty(forgotten.Devices);
        Assert.Single(await next.ReadBudgetsAsync(later, Cancel));
        Assert.Single(await next.ReadActiveOwnersAsync(later, Cancel));
        Assert.Equal(3, (await next.FindPlanAsync(later, Cancel))!.Devices.Length);
    }

    [Fact]
    public async Task Readers_see_the_old_state_until_the_commit()
    {
        await using var store = await CreateAsync();
        Assert.SkipWhen(store.NoSecondConnection is not null, store.NoSecondConnection ?? "");
        var contribution = Samples.Contribution(1, Samples.Window);
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);
        await using var release = await store.Releases.BeginAsync(Cancel);
        await release.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25)], Cancel);
        await release.CompleteWindowsAsync(Samples.Window, Cancel);

        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
        Assert.Equal([contribution], await store.Vault.ReadContributionsAsync(Cancel));
        await release.CommitAsync(Cancel);

        Assert.Single(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Second_release_waits_for_the_first_to_end()
    {
        await using var store = await CreateAsync();
        var first = await store.Releases.BeginAsync(Cancel);
        var second = store.Releases.BeginAsync(Cancel).AsTask();
        await first.AppendLedgerAsync(Samples.Entry(1, LedgerEntry.Genesis), Cancel);
        Assert.False(second.IsCompleted);

        await first.CommitAsync(Cancel);
        await first.DisposeAsync();

        await using var begun = await second.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(1, begun.State.LedgerLength);
    }

    [Fact]
    public async Task Ended_transaction_accepts_nothing_more()
    {
        await using var store = await CreateAsync();
        await using var release = await store.Releases.BeginAsync(Cancel);
        await release.CommitAsync(Cancel);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await release.CompleteWindowsAsync(Samples.Window, Cancel));
        await store.ReleaseAsync(async next => await next.CompleteWindowsAsync(Samples.Window, Cancel));
    }

    async Task RefusedTheSecondTimeAsync(Func<IReleaseTransaction, ValueTask> first, Func<IReleaseTransaction, ValueTask> second)
    {
        await using var store = await CreateAsync();
        await store.ReleaseAsync(async release => await first(release));
        await store.RestartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.ReleaseAsync(async release => await second(release)));

        await store.ReleaseAsync(_ => Task.CompletedTask);
    }
}
