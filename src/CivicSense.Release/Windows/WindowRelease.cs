using System.Collections.Immutable;
using System.Numerics;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Releases one window, in one transaction, with the plan and mechanism that were fixed for its day.</summary>
sealed class WindowRelease(IReleaseStore store, IPublicBaseline baseline, ReleaseFence fence, TimeSpan lateness)
{
    PreparedRelease? drawn;

    /// <summary>Releases a window, and with a day's last window also its activity.</summary>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="mechanism">The mechanism of that plan, <see cref="MechanismOf"/>.</param>
    /// <param name="window">The window; shut already, so that its contributions are complete.</param>
    /// <param name="absent">How many ingest processes it was shut without, <see cref="IWindowGate"/>.</param>
    /// <param name="cancellationToken">Cancels before the noise is drawn, never after.</param>
    /// <exception cref="VaultUnavailableException">
    /// It did not commit. Once the noise has been drawn the fence holds the release, and it must be <see cref="DoOverAsync">done
    /// over</see>.
    /// </exception>
    public async ValueTask<ReleasedWindow> ReleaseAsync(
        PrivatePlan plan, OwnerDayMechanism mechanism, HourWindow window, int absent, CancellationToken cancellationToken)
    {
        // What is recorded is when the release was due, not when the node came to it: that depends on how much private data it had to read.
        var due = window.End + lateness;
        // What was drawn and could not be noted in the fence is kept: whether a file can be written must not choose among draws.
        var kept = drawn?.Window == window ? drawn : null;
        // Baselines come before any private datum is read, and public values before the transaction: they are stored in one of their own.
        var baselines = kept is null ? await BaselinesAsync(plan.Public, window, cancellationToken) : [];

        await using var transaction = await store.BeginAsync(cancellationToken);
        fence.RequireSameDatabase(transaction.State);
        // The next day's plan may have been fixed meanwhile: then the entries follow that, and the values stay.
        var prepared = kept is null
            ? await DrawAsync(transaction, plan, mechanism, window, baselines, cancellationToken)
            : kept with { PreviousHead = transaction.State.LedgerHead };
        prepared = prepared with { Entries = Entries(plan.Public, prepared, transaction.State, due, absent) };
        drawn = prepared;
        FencedCommit.WriteFence(() => fence.Prepare(prepared.Last, prepared.PreviousHead, prepared));
        drawn = null;
        return await WriteAsync(transaction, plan.Public, prepared, CancellationToken.None);
    }

    /// <summary>Does a release over that was cut off before its commit, with the values that were drawn then.</summary>
    public async ValueTask<ReleasedWindow> DoOverAsync(ReleasePlan plan, PreparedRelease prepared, CancellationToken cancellationToken)
    {
        await using var transaction = await store.BeginAsync(cancellationToken);
        if (transaction.State.LedgerHead != prepared.PreviousHead)
            throw new InvalidOperationException("The database is not the one that the release was cut off from.");
        return await WriteAsync(transaction, plan, prepared, cancellationToken);
    }

    /// <summary>The public baselines. One that is no number would reach nobody's residual, but it could not be published either.</summary>
    async ValueTask<double[]> BaselinesAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken)
    {
        await baseline.PrepareAsync(plan, window, cancellationToken);
        var baselines = new double[plan.KeyCount];
        baseline.Predict(plan, window, baselines);
        for (var key = 0; key < baselines.Length; key++)
        {
            if (!double.IsFinite(baselines[key]))
                baselines[key] = plan.Quantities[key % plan.Quantities.Length].Quantity.PriorMean;
        }
        return baselines;
    }

    /// <summary>The mechanism that a plan fixes.</summary>
    public static OwnerDayMechanism MechanismOf(ReleasePlan plan) =>
        new(Rational.FromDecimal(plan.Rho), BitOperations.Log2((ulong)plan.Grid), Rational.FromDecimal(plan.ActivityShare));

    static async ValueTask<PreparedRelease> DrawAsync(
        IReleaseTransaction transaction, PrivatePlan plan, OwnerDayMechanism mechanism, HourWindow window, double[] baselines,
        CancellationToken cancellationToken)
    {
        var day = plan.Public.Day;
        var sums = WindowSums.Compute(
            mechanism, plan, window,
            await transaction.ReadContributionsAsync(window, cancellationToken),
            await transaction.ReadBudgetsAsync(day, cancellationToken),
            baselines);
        ImmutableArray<long> activity = [];
        if (window == plan.Public.LastWindow)
        {
            var active = sums.ActiveOwners.Union(await transaction.ReadActiveOwnersAsync(day, cancellationToken));
            activity = Publish(mechanism, ActivitySums(plan, mechanism, active));
        }

        return new PreparedRelease(
            day, plan.Public.LastWindow, window, transaction.State.LedgerHead, Publish(mechanism, sums.Sums), [.. baselines], activity,
            [.. sums.Budgets], [.. sums.ActiveOwners], []);
    }

    static IReadOnlyList<Int128> ActivitySums(PrivatePlan plan, OwnerDayMechanism mechanism, IEnumerable<ActiveOwner> active) =>
        mechanism.ActivitySums(plan.Public.Areas.Length, plan.OwnerDays(), active.Select(owner => (owner.OwnerId, owner.AreaIndex)));

    static ImmutableArray<long> Publish(OwnerDayMechanism mechanism, IReadOnlyList<Int128> exactSums) =>
        [.. mechanism.Publish(exactSums).Select(value => checked((long)value))];

    static ImmutableArray<LedgerEntry> Entries(
        ReleasePlan plan, PreparedRelease prepared, ReleaseState state, DateTimeOffset due, int absent)
    {
        var planHash = PlanDocument.Hash(plan);
        // The measurements' own sequence is that of their entry, which does not enter the hash.
        var window = FencedCommit.Entry(
            state, LedgerEntryKind.Window, due, plan.Day, prepared.Window, planHash, prepared.Values.Length,
            ValuesHash.Of(prepared.Measurements(plan, state.LedgerLength + 1)), plan.Rho, absent);
        if (prepared.Activity.IsEmpty)
            return [window];
        return
        [
            window,
            FencedCommit.Entry(
                state.After(window), LedgerEntryKind.Activity, due, plan.Day, null, planHash, prepared.Activity.Length,
                ValuesHash.Of(prepared.DayActivity(plan, state.LedgerLength + 2)), plan.Rho),
        ];
    }

    async ValueTask<ReleasedWindow> WriteAsync(
        IReleaseTransaction transaction, ReleasePlan plan, PreparedRelease prepared, CancellationToken cancellationToken)
    {
        var released = ReleasedWindow.Of(plan, prepared);
        await transaction.WriteMeasurementsAsync(released.Measurements, cancellationToken);
        foreach (var entry in prepared.Entries)
            await transaction.AppendLedgerAsync(entry, cancellationToken);
        await transaction.WriteBudgetsAsync(prepared.Day, prepared.Budgets, cancellationToken);
        await transaction.AddActiveOwnersAsync(prepared.Day, prepared.ActiveOwners, cancellationToken);
        await transaction.CompleteWindowsAsync(prepared.Window, cancellationToken);
        if (released.Activity.Length > 0)
        {
            await transaction.WriteActivityAsync(released.Activity, cancellationToken);
            await transaction.ForgetDaysAsync(prepared.Day, cancellationToken);
        }
        await transaction.CommitAsync(CancellationToken.None);
        FencedCommit.PublishQuietly(fence);
        return released;
    }
}

/// <summary>What one release made public.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Window">The window.</param>
/// <param name="Measurements">Its measurements in key order.</param>
/// <param name="Activity">The day's activity if the window was its last; otherwise empty.</param>
sealed record ReleasedWindow(ReleasePlan Plan, HourWindow Window, NoisyMeasurement[] Measurements, NoisyActivity[] Activity)
{
    /// <summary>What <paramref name="prepared"/> makes public.</summary>
    public static ReleasedWindow Of(ReleasePlan plan, PreparedRelease prepared) => new(
        plan, prepared.Window, prepared.Measurements(plan, prepared.Entries[0].Content.Sequence),
        prepared.DayActivity(plan, prepared.Last.Content.Sequence));
}
