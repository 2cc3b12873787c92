using System.Numerics;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Releases one window, in one transaction, with the plan and mechanism that were fixed for its day.</summary>
sealed class WindowRelease(IReleaseStore store, IPublicBaseline baseline, ReleaseFence fence, TimeProvider clock)
{
    /// <summary>Releases a window, and with a day's last window also its activity.</summary>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="mechanism">The mechanism of that plan, <see cref="MechanismOf"/>.</param>
    /// <param name="window">The window; shut already, so that its contributions are complete.</param>
    /// <param name="cancellationToken">Cancels before the commit, never after.</param>
    public async ValueTask<ReleasedWindow> ReleaseAsync(
        PrivatePlan plan, OwnerDayMechanism mechanism, HourWindow window, CancellationToken cancellationToken)
    {
        // From public data alone, and before any private datum is read.
        var baselines = new double[plan.Public.KeyCount];
        baseline.Predict(plan.Public, window, baselines);

        await using var transaction = await store.BeginAsync(cancellationToken);
        var day = plan.Public.Day;
        var sums = WindowSums.Compute(
            mechanism, plan,
            await transaction.ReadContributionsAsync(window, cancellationToken),
            await transaction.ReadBudgetsAsync(day, cancellationToken),
            baselines);

        var sequence = transaction.State.LedgerLength + 1;
        var measurements = Measurements(plan.Public, mechanism, window, sums.Sums, baselines, sequence);
        var entry = Entry(transaction.State, LedgerEntryKind.Window, measurements.Length, ValuesHash.Of(measurements), window);
        await transaction.WriteMeasurementsAsync(measurements, cancellationToken);
        await transaction.AppendLedgerAsync(entry, cancellationToken);
        await transaction.WriteBudgetsAsync(day, sums.Budgets, cancellationToken);
        await transaction.AddActiveOwnersAsync(day, sums.ActiveOwners, cancellationToken);
        await transaction.CompleteWindowsAsync(window, cancellationToken);

        NoisyActivity[] activity = [];
        if (window == plan.Public.Windows().Last())
        {
            activity = Activity(plan.Public, mechanism, await transaction.ReadActiveOwnersAsync(day, cancellationToken), sequence + 1);
            entry = Entry(transaction.State.After(entry), LedgerEntryKind.Activity, activity.Length, ValuesHash.Of(activity), null);
            await transaction.WriteActivityAsync(activity, cancellationToken);
            await transaction.AppendLedgerAsync(entry, cancellationToken);
            await transaction.ForgetDaysAsync(day, cancellationToken);
        }

        await transaction.CommitAsync(fence, entry, day, cancellationToken);
        return new ReleasedWindow(plan.Public, window, measurements, activity);

        LedgerEntry Entry(ReleaseState state, LedgerEntryKind kind, int keys, string valuesHash, HourWindow? released) => FencedCommit.Entry(
            state, kind, clock.GetUtcNow(), day, released, PlanDocument.Hash(plan.Public), keys, valuesHash, plan.Public.Rho);
    }

    /// <summary>The mechanism that a plan fixes.</summary>
    public static OwnerDayMechanism MechanismOf(ReleasePlan plan) =>
        new(Rational.FromDecimal(plan.Rho), BitOperations.Log2((ulong)plan.Grid), Rational.FromDecimal(plan.ActivityShare));

    static NoisyMeasurement[] Measurements(
        ReleasePlan plan, OwnerDayMechanism mechanism, HourWindow window, Int128[] sums, double[] baselines, long sequence)
    {
        var measurements = new NoisyMeasurement[plan.KeyCount];
        for (var area = 0; area < plan.Areas.Length; area++)
        {
            for (var quantity = 0; quantity < plan.Quantities.Length; quantity++)
            {
                var key = plan.KeyIndex(area, quantity);
                measurements[key] = new NoisyMeasurement(
                    window, plan.Areas[area].Area, plan.Quantities[quantity].Quantity,
                    checked((long)mechanism.AddNoise(sums[key])), baselines[key], sequence);
            }
        }
        return measurements;
    }

    static NoisyActivity[] Activity(
        ReleasePlan plan, OwnerDayMechanism mechanism, IReadOnlyCollection<ActiveOwner> owners, long sequence)
    {
        var sums = new Int128[plan.Areas.Length];
        foreach (var owner in owners)
            sums[owner.AreaIndex] += mechanism.ActivityWeight;
        return [.. plan.Areas.Select((area, index) =>
            new NoisyActivity(plan.Day, area.Area, checked((long)mechanism.AddNoise(sums[index])), sequence))];
    }
}

/// <summary>What one release made public.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Window">The window.</param>
/// <param name="Measurements">Its measurements in key order.</param>
/// <param name="Activity">The day's activity if the window was its last; otherwise empty.</param>
sealed record ReleasedWindow(ReleasePlan Plan, HourWindow Window, NoisyMeasurement[] Measurements, NoisyActivity[] Activity);
