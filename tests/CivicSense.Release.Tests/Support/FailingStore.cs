using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests;

/// <summary>The real store, with one step that fails when told to, and with steps at which something else happens.</summary>
sealed class FailingStore(IReleaseStore inner) : IReleaseStore
{
    string? failing;
    int callsBefore;

    /// <summary>How often something failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Makes the commit happen and still report a failure.</summary>
    public bool LoseNextAnswer { get; set; }

    /// <summary>What happens before a step of this name, each time.</summary>
    public Dictionary<string, Action> Before { get; } = new(StringComparer.Ordinal);

    /// <summary>What happens right after a commit, before anybody is told of it.</summary>
    public Action? AfterCommit { get; set; }

    /// <summary>Makes the <paramref name="call"/>-th call of a step fail once, before it has done anything.</summary>
    public void FailOnceAt(string step, int call = 1) => (failing, callsBefore) = (step, call);

    public async ValueTask<IReleaseTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        Step(nameof(BeginAsync));
        return new Transaction(this, await inner.BeginAsync(cancellationToken));
    }

    void Step(string step)
    {
        if (Before.TryGetValue(step, out var action))
            action();
        if (step != failing || --callsBefore > 0)
            return;
        failing = null;
        Failures++;
        throw Failure();
    }

    static VaultUnavailableException Failure() => new("The disk is full.", null);

    sealed class Transaction(FailingStore store, IReleaseTransaction inner) : IReleaseTransaction
    {
        public ReleaseState State => inner.State;

        public ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
            At(nameof(ReadDevicesAsync)).ReadDevicesAsync(cancellationToken);

        public ValueTask<PrivatePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            At(nameof(FindPlanAsync)).FindPlanAsync(day, cancellationToken);

        public ValueTask WritePlanAsync(PrivatePlan plan, CancellationToken cancellationToken) =>
            At(nameof(WritePlanAsync)).WritePlanAsync(plan, cancellationToken);

        public ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(HourWindow window, CancellationToken cancellationToken) =>
            At(nameof(ReadContributionsAsync)).ReadContributionsAsync(window, cancellationToken);

        public ValueTask<IReadOnlyDictionary<int, long>> ReadBudgetsAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            At(nameof(ReadBudgetsAsync)).ReadBudgetsAsync(day, cancellationToken);

        public ValueTask WriteBudgetsAsync(
            PrivacyDay day, IReadOnlyCollection<KeyValuePair<int, long>> budgets, CancellationToken cancellationToken) =>
            At(nameof(WriteBudgetsAsync)).WriteBudgetsAsync(day, budgets, cancellationToken);

        public ValueTask<IReadOnlyCollection<ActiveOwner>> ReadActiveOwnersAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            At(nameof(ReadActiveOwnersAsync)).ReadActiveOwnersAsync(day, cancellationToken);

        public ValueTask AddActiveOwnersAsync(
            PrivacyDay day, IReadOnlyCollection<ActiveOwner> owners, CancellationToken cancellationToken) =>
            At(nameof(AddActiveOwnersAsync)).AddActiveOwnersAsync(day, owners, cancellationToken);

        public ValueTask WriteMeasurementsAsync(IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken) =>
            At(nameof(WriteMeasurementsAsync)).WriteMeasurementsAsync(measurements, cancellationToken);

        public ValueTask WriteActivityAsync(IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
            At(nameof(WriteActivityAsync)).WriteActivityAsync(activity, cancellationToken);

        public ValueTask AppendLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
            At(nameof(AppendLedgerAsync)).AppendLedgerAsync(entry, cancellationToken);

        public ValueTask CompleteWindowsAsync(HourWindow through, CancellationToken cancellationToken) =>
            At(nameof(CompleteWindowsAsync)).CompleteWindowsAsync(through, cancellationToken);

        public ValueTask ForgetDaysAsync(PrivacyDay through, CancellationToken cancellationToken) =>
            At(nameof(ForgetDaysAsync)).ForgetDaysAsync(through, cancellationToken);

        public async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            await At(nameof(CommitAsync)).CommitAsync(cancellationToken);
            store.AfterCommit?.Invoke();
            if (!store.LoseNextAnswer)
                return;
            store.LoseNextAnswer = false;
            throw Failure();
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        IReleaseTransaction At(string step)
        {
            store.Step(step);
            return inner;
        }
    }
}
