using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>The database as the release sees it: both sides at once, changed in one transaction at a time.</summary>
public interface IReleaseStore
{
    /// <summary>Begins a transaction that reads and writes both the vault and the commons. Waits for the one before to end.</summary>
    /// <exception cref="VaultUnavailableException">The database cannot be written now; the same call may succeed later.</exception>
    /// <exception cref="LeaseLostException">This process does not hold the <see cref="IReleaseLease"/> (any more).</exception>
    ValueTask<IReleaseTransaction> BeginAsync(CancellationToken cancellationToken);
}

/// <summary>Where the release stands.</summary>
/// <param name="ReleasedThrough">
/// The newest window that has been dealt with: released, or given up for ever. Null before the first. Nothing up to it is released again.
/// </param>
/// <param name="LedgerLength">The number of ledger entries.</param>
/// <param name="LedgerHead">The hash of the newest entry, or <see cref="LedgerEntry.Genesis"/>.</param>
public sealed record ReleaseState(HourWindow? ReleasedThrough, long LedgerLength, string LedgerHead);

/// <summary>One release transaction. Disposing it without <see cref="CommitAsync"/> undoes everything.</summary>
/// <remarks>
/// The database itself refuses a second measurement for a key, a second activity for a day and area, a second plan for a day and a
/// second ledger entry with the same sequence: those are unique keys, and breaking one throws <see cref="InvalidOperationException"/>.
/// All other failures to write throw <see cref="VaultUnavailableException"/>.
/// </remarks>
public interface IReleaseTransaction : IAsyncDisposable
{
    /// <summary>Where the release stood when the transaction began.</summary>
    ReleaseState State { get; }

    /// <summary>All enrolled devices in order of their number.</summary>
    ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken);

    /// <summary>The plan of a day, or null.</summary>
    ValueTask<PrivatePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken);

    /// <summary>Fixes the plan of a day.</summary>
    ValueTask WritePlanAsync(PrivatePlan plan, CancellationToken cancellationToken);

    /// <summary>The contributions of one window, in order of device and quantity.</summary>
    ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(HourWindow window, CancellationToken cancellationToken);

    /// <summary>What is left of the owners' norm budgets for a day, in squared grid steps. Owners not listed have spent nothing.</summary>
    ValueTask<IReadOnlyDictionary<int, long>> ReadBudgetsAsync(PrivacyDay day, CancellationToken cancellationToken);

    /// <summary>Replaces what is left of some owners' norm budgets for a day.</summary>
    ValueTask WriteBudgetsAsync(PrivacyDay day, IReadOnlyCollection<KeyValuePair<int, long>> budgets, CancellationToken cancellationToken);

    /// <summary>The (owner, area) pairs that have been active on a day so far.</summary>
    ValueTask<IReadOnlyCollection<ActiveOwner>> ReadActiveOwnersAsync(PrivacyDay day, CancellationToken cancellationToken);

    /// <summary>Adds pairs that have been active on a day; pairs already there are left.</summary>
    ValueTask AddActiveOwnersAsync(PrivacyDay day, IReadOnlyCollection<ActiveOwner> owners, CancellationToken cancellationToken);

    /// <summary>Publishes one window's measurements.</summary>
    ValueTask WriteMeasurementsAsync(IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken);

    /// <summary>Publishes one day's activity.</summary>
    ValueTask WriteActivityAsync(IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken);

    /// <summary>Appends an entry to the ledger.</summary>
    ValueTask AppendLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes all contributions of <paramref name="through"/> and earlier windows, and makes it <see
    /// cref="ReleaseState.ReleasedThrough"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException"><paramref name="through"/> is not later than the present value.</exception>
    ValueTask CompleteWindowsAsync(HourWindow through, CancellationToken cancellationToken);

    /// <summary>Deletes the private rest of a day and of all earlier ones: budgets, active owners, who belonged to which area.</summary>
    ValueTask ForgetDaysAsync(PrivacyDay through, CancellationToken cancellationToken);

    /// <summary>Makes everything durable and public at once.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}
