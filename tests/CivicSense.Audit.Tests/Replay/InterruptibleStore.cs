using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>What becomes of the next commit.</summary>
enum Interruption
{
    None,
    BeforeCommit,
    AfterCommit,
}

/// <summary>The real store, but for one commit that can be made to fail.</summary>
sealed class InterruptibleStore(IReleaseStore inner) : IReleaseStore
{
    public Interruption Next { get; set; }

    public async ValueTask<IReleaseTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new Transaction(this, await inner.BeginAsync(cancellationToken));

    sealed class Transaction(InterruptibleStore store, IReleaseTransaction inner) : IReleaseTransaction
    {
        public ReleaseState State => inner.State;

        public ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
            inner.ReadDevicesAsync(cancellationToken);

        public ValueTask<PrivatePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            inner.FindPlanAsync(day, cancellationToken);

        public ValueTask WritePlanAsync(PrivatePlan plan, CancellationToken cancellationToken) =>
            inner.WritePlanAsync(plan, cancellationToken);

        public ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(HourWindow window, CancellationToken cancellationToken) =>
            inner.ReadContributionsAsync(window, cancellationToken);

        public ValueTask<IReadOnlyDictionary<int, long>> ReadBudgetsAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            inner.ReadBudgetsAsync(day, cancellationToken);

        public ValueTask WriteBudgetsAsync(
            PrivacyDay day, IReadOnlyCollection<KeyValuePair<int, long>> budgets, CancellationToken cancellationToken) =>
            inner.WriteBudgetsAsync(day, budgets, cancellationToken);

        public ValueTask<IReadOnlyCollection<ActiveOwner>> ReadActiveOwnersAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            inner.ReadActiveOwnersAsync(day, cancellationToken);

        public ValueTask AddActiveOwnersAsync(
            PrivacyDay day, IReadOnlyCollection<ActiveOwner> owners, CancellationToken cancellationToken) =>
            inner.AddActiveOwnersAsync(day, owners, cancellationToken);

        public ValueTask WriteMeasurementsAsync(IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken) =>
            inner.WriteMeasurementsAsync(measurements, cancellationToken);

        public ValueTask WriteActivityAsync(IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
            inner.WriteActivityAsync(activity, cancellationToken);

        public ValueTask AppendLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
            inner.AppendLedgerAsync(entry, cancellationToken);

        public ValueTask CompleteWindowsAsync(HourWindow through, CancellationToken cancellationToken) =>
            inner.CompleteWindowsAsync(through, cancellationToken);

        public ValueTask ForgetDaysAsync(PrivacyDay through, CancellationToken cancellationToken) =>
            inner.ForgetDaysAsync(through, cancellationToken);

        public async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            var interruption = store.Next;
            store.Next = Interruption.None;
            if (interruption == Interruption.BeforeCommit)
                throw new VaultUnavailableException("The disk was pulled out.", null);
            await inner.CommitAsync(cancellationToken);
            if (interruption == Interruption.AfterCommit)
                throw new VaultUnavailableException("The answer of the disk was lost.", null);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
