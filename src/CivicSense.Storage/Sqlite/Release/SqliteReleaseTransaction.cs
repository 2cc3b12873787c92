using System.Globalization;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;

namespace CivicSense.Storage;

/// <summary>One release transaction. It holds the writer's turn from beginning to end.</summary>
/// <remarks>After any failure only disposing is left: SQLite may already have undone the transaction by itself.</remarks>
sealed class SqliteReleaseTransaction : IReleaseTransaction
{
    readonly SqliteWriter writer;
    readonly CommonsChanges changes;
    readonly SqliteSession session;
    HourWindow? releasedThrough;
    long ledgerLength;
    string ledgerHead;
    bool failed;
    bool ended;

    public SqliteReleaseTransaction(SqliteWriter writer, CommonsChanges changes, SqliteSession session, ReleaseState state)
    {
        (this.writer, this.changes) = (writer, changes);
        this.session = session;
        State = state;
        (releasedThrough, ledgerLength, ledgerHead) = state;
    }

    public ReleaseState State { get; }

    public ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
        Do<IReadOnlyList<Device>>(() => SqliteVault.ReadDevices(session), cancellationToken);

    public ValueTask<PrivatePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        Do(() => FindPlan(day), cancellationToken);

    public ValueTask WritePlanAsync(PrivatePlan plan, CancellationToken cancellationToken) => Do(() => WritePlan(plan), cancellationToken);

    public ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(HourWindow window, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<Contribution>>(
            () => SqliteVault.ReadContributions(session.Prepare("""
                SELECT window, device_id, quantity, count, sum, last_time FROM vault_contribution
                WHERE key >= ?1 AND key < ?2 ORDER BY key
                """).Bind(1, ContributionKey.First(window)).Bind(2, ContributionKey.First(window.Next))),
            cancellationToken);

    public ValueTask<IReadOnlyDictionary<int, long>> ReadBudgetsAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        Do<IReadOnlyDictionary<int, long>>(
            () =>
            {
                var budgets = new Dictionary<int, long>();
                var row = session.Prepare("SELECT owner_id, remaining FROM vault_budget WHERE day = ?1").Bind(1, day.ToStored());
                while (row.Step())
                    budgets.Add(row.Int32(0), row.Int64(1));
                return budgets;
            },
            cancellationToken);

    public ValueTask WriteBudgetsAsync(
        PrivacyDay day, IReadOnlyCollection<KeyValuePair<int, long>> budgets, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                var upsert = session.Prepare("""
                    INSERT INTO vault_budget (day, owner_id, remaining) VALUES (?1, ?2, ?3)
                    ON CONFLICT (day, owner_id) DO UPDATE SET remaining = excluded.remaining
                    """).Bind(1, day.ToStored());
                foreach (var (owner, remaining) in budgets)
                    upsert.Bind(2, owner).Bind(3, remaining).Run();
            },
            cancellationToken);

    public ValueTask<IReadOnlyCollection<ActiveOwner>> ReadActiveOwnersAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        Do<IReadOnlyCollection<ActiveOwner>>(
            () =>
            {
                var owners = new List<ActiveOwner>();
                var row = session.Prepare("SELECT owner_id, area_index FROM vault_active_owner WHERE day = ?1").Bind(1, day.ToStored());
                while (row.Step())
                    owners.Add(new ActiveOwner(row.Int32(0), row.Int32(1)));
                return owners;
            },
            cancellationToken);

    public ValueTask AddActiveOwnersAsync(PrivacyDay day, IReadOnlyCollection<ActiveOwner> owners, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                var insert = session.Prepare("""
                    INSERT INTO vault_active_owner (day, owner_id, area_index) VALUES (?1, ?2, ?3)
                    ON CONFLICT (day, owner_id, area_index) DO NOTHING
                    """).Bind(1, day.ToStored());
                foreach (var (owner, area) in owners)
                    insert.Bind(2, owner).Bind(3, area).Run();
            },
            cancellationToken);

    public ValueTask WriteMeasurementsAsync(IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                var insert = session.Prepare("""
                    INSERT INTO measurement (window, area, quantity, value, baseline, ledger_sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    """);
                foreach (var measurement in measurements)
                {
                    insert.Bind(1, measurement.Window.Index).Bind(2, measurement.Area.QuadKey).Bind(3, measurement.Quantity.Ordinal)
                        .Bind(4, measurement.Value).Bind(5, measurement.Baseline).Bind(6, measurement.LedgerSequence)
                        .Run();
                }
            },
            cancellationToken);

    public ValueTask WriteActivityAsync(IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                var insert = session.Prepare("INSERT INTO activity (day, area, value, ledger_sequence) VALUES (?1, ?2, ?3, ?4)");
                foreach (var (day, area, value, sequence) in activity)
                    insert.Bind(1, day.ToStored()).Bind(2, area.QuadKey).Bind(3, value).Bind(4, sequence).Run();
            },
            cancellationToken);

    public ValueTask AppendLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
        Do(() => AppendLedger(entry), cancellationToken);

    public ValueTask CompleteWindowsAsync(HourWindow through, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                if (through <= releasedThrough)
                    throw new InvalidOperationException(
                        $"The windows through {releasedThrough} are complete already; {through} is no later.");
                session.Prepare("DELETE FROM vault_contribution WHERE key < ?1").Bind(1, ContributionKey.First(through.Next)).Run();
                session.Prepare("UPDATE vault_state SET released_through = ?1").Bind(1, through.Index).Run();
                releasedThrough = through;
            },
            cancellationToken);

    public ValueTask ForgetDaysAsync(PrivacyDay through, CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                session.Prepare("DELETE FROM vault_budget WHERE day <= ?1").Bind(1, through.ToStored()).Run();
                session.Prepare("DELETE FROM vault_active_owner WHERE day <= ?1").Bind(1, through.ToStored()).Run();
                session.Prepare("DELETE FROM vault_plan_device WHERE day <= ?1").Bind(1, through.ToStored()).Run();
            },
            cancellationToken);

    public ValueTask CommitAsync(CancellationToken cancellationToken) =>
        Do(
            () =>
            {
                writer.OweTruncation();
                try
                {
                    writer.Commit();
                }
                finally
                {
                    changes.Note();
                }
                writer.ReleasedThrough = releasedThrough;
                End();
            },
            cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (!ended)
        {
            writer.Abandon(null);
            End();
        }
        return ValueTask.CompletedTask;
    }

    void End()
    {
        ended = true;
        writer.EndTurn();
    }

    PrivatePlan? FindPlan(PrivacyDay day)
    {
        var row = session.Prepare("SELECT document FROM plan WHERE day = ?1").Bind(1, day.ToStored());
        if (!row.Step())
            return null;
        var plan = PlanDocument.Read(row.Text(0));
        row = session.Prepare("SELECT device_id, owner_id, area_index, model FROM vault_plan_device WHERE day = ?1 ORDER BY device_id");
        row.Bind(1, day.ToStored());
        var devices = new List<PlannedDevice>();
        while (row.Step())
            devices.Add(new PlannedDevice(row.Int32(0), row.Int32(1), row.Int32(2), row.Text(3)));
        return new PrivatePlan(plan, [.. devices]);
    }

    void WritePlan(PrivatePlan plan)
    {
        var day = plan.Public.Day.ToStored();
        session.Prepare("INSERT INTO plan (day, rho, hash, document) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, day).Bind(2, plan.Public.Rho.ToString(CultureInfo.InvariantCulture))
            .Bind(3, PlanDocument.Hash(plan.Public)).Bind(4, PlanDocument.Write(plan.Public))
            .Run();
        var insert = session.Prepare("""
            INSERT INTO vault_plan_device (day, device_id, owner_id, area_index, model) VALUES (?1, ?2, ?3, ?4, ?5)
            """);
        foreach (var (device, owner, area, model) in plan.Devices)
            insert.Bind(1, day).Bind(2, device).Bind(3, owner).Bind(4, area).Bind(5, model).Run();
    }

    void AppendLedger(LedgerEntry entry)
    {
        if (entry.Content.Sequence != ledgerLength + 1 || entry.PreviousHash != ledgerHead)
        {
            throw new InvalidOperationException(
                $"Ledger entry {entry.Content.Sequence} does not follow entry {ledgerLength}: the chain would be broken.");
        }
        session.Prepare("INSERT INTO ledger (sequence, hash, document) VALUES (?1, ?2, ?3)")
            .Bind(1, entry.Content.Sequence).Bind(2, entry.Hash).Bind(3, entry.Document)
            .Run();
        (ledgerLength, ledgerHead) = (entry.Content.Sequence, entry.Hash);
    }

    ValueTask Do(Action work, CancellationToken cancellationToken)
    {
        Run(work, cancellationToken);
        return ValueTask.CompletedTask;
    }

    ValueTask<T> Do<T>(Func<T> work, CancellationToken cancellationToken)
    {
        T result = default!;
        Run(() => result = work(), cancellationToken);
        return ValueTask.FromResult(result);
    }

    void Run(Action work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (failed)
            throw new InvalidOperationException("An earlier step of this transaction failed. Dispose it and begin another.");
        cancellationToken.ThrowIfCancellationRequested();
        failed = true;
        try
        {
            work();
            failed = false;
        }
        catch (SqliteException exception)
        {
            // A failed commit, too, ends the transaction here and now.
            writer.Abandon(exception);
            End();
            throw WriteFailure.Translate(exception);
        }
    }
}
