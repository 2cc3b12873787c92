using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>One release transaction. It holds the database's one lock of releases from beginning to end.</summary>
/// <remarks>After any failure only disposing is left: PostgreSQL accepts nothing more in such a transaction.</remarks>
sealed class PostgresReleaseTransaction : IReleaseTransaction
{
    readonly NpgsqlConnection connection;
    readonly NpgsqlTransaction transaction;
    readonly MonthPartitions months;
    HourWindow? releasedThrough;
    long ledgerLength;
    string ledgerHead;
    bool failed;
    bool ended;

    public PostgresReleaseTransaction(
        NpgsqlConnection connection, NpgsqlTransaction transaction, MonthPartitions months, ReleaseState state)
    {
        (this.connection, this.transaction, this.months) = (connection, transaction, months);
        State = state;
        (releasedThrough, ledgerLength, ledgerHead) = state;
    }

    public ReleaseState State { get; }

    public async ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
        await QueryAsync($"SELECT {PostgresVault.DeviceColumns} FROM vault.device ORDER BY id", StoredRows.Device, cancellationToken);

    public async ValueTask<PrivatePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken)
    {
        var documents = await QueryAsync(
            "SELECT document FROM commons.plan WHERE day = $1", row => row.GetString(0), cancellationToken, Day(day));
        if (documents is not [var document])
            return null;
        var devices = await QueryAsync(
            "SELECT device_id, owner_id, area_index, model FROM vault.plan_device WHERE day = $1 ORDER BY device_id",
            row => new PlannedDevice(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetString(3)), cancellationToken, Day(day));
        return new PrivatePlan(PlanDocument.Read(document), [.. devices]);
    }

    public ValueTask WritePlanAsync(PrivatePlan plan, CancellationToken cancellationToken) =>
        ExecuteAsync(cancellationToken, ReleaseCommands.AddPlan(plan.Public), ReleaseCommands.AddPlannedDevices(plan));

    public async ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(HourWindow window, CancellationToken cancellationToken) =>
        await QueryAsync(
            // Each ingest process has counted the readings that came to it.
            """
            SELECT hour, device_id, quantity, sum(count)::integer, sum(sum), max(last_time) FROM vault.contribution WHERE hour = $1
            GROUP BY hour, device_id, quantity ORDER BY device_id, quantity
            """,
            StoredRows.Contribution, cancellationToken, Sql.Value(window.Index));

    public async ValueTask<IReadOnlyDictionary<int, long>> ReadBudgetsAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        (await QueryAsync(
            "SELECT owner_id, remaining FROM vault.budget WHERE day = $1", row =>
                (row.GetInt32(0), row.GetInt64(1)), cancellationToken, Day(day)))
        .ToDictionary();

    public ValueTask WriteBudgetsAsync(
        PrivacyDay day, IReadOnlyCollection<KeyValuePair<int, long>> budgets, CancellationToken cancellationToken)
    {
        // The database would refuse it, too, but quote the row in its own log.
        Require(budgets.All(budget => budget.Value >= 0), "A budget cannot be negative.");
        return ExecuteAsync(cancellationToken, ReleaseCommands.ReplaceBudgets(day, [.. budgets]));
    }

    public async ValueTask<IReadOnlyCollection<ActiveOwner>> ReadActiveOwnersAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        await QueryAsync(
            "SELECT owner_id, area_index FROM vault.active_owner WHERE day = $1",
            row => new ActiveOwner(row.GetInt32(0), row.GetInt32(1)), cancellationToken, Day(day));

    public ValueTask AddActiveOwnersAsync(PrivacyDay day, IReadOnlyCollection<ActiveOwner> owners, CancellationToken cancellationToken) =>
        ExecuteAsync(cancellationToken, ReleaseCommands.AddActiveOwners(day, [.. owners]));

    public async ValueTask WriteMeasurementsAsync(IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        RequireUsable();
        await months.EnsureHoursAsync("measurement", measurements.Select(measurement => measurement.Window), cancellationToken);
        await ExecuteAsync(cancellationToken, ReleaseCommands.AddMeasurements(measurements));
    }

    public ValueTask WriteActivityAsync(IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
        ExecuteAsync(cancellationToken, ReleaseCommands.AddActivity(activity));

    public async ValueTask AppendLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        Require(
            entry.Content.Sequence == ledgerLength + 1 && entry.PreviousHash == ledgerHead,
            $"Ledger entry {entry.Content.Sequence} does not follow entry {ledgerLength}: the chain would be broken.");
        await ExecuteAsync(
            cancellationToken,
            Sql.Command(
                "INSERT INTO commons.ledger (sequence, hash, document) VALUES ($1, $2, $3)",
                Sql.Value(entry.Content.Sequence), Sql.Value(entry.Hash), Sql.Value(entry.Document)));
        (ledgerLength, ledgerHead) = (entry.Content.Sequence, entry.Hash);
    }

    public async ValueTask CompleteWindowsAsync(HourWindow through, CancellationToken cancellationToken)
    {
        Require(!(through <= releasedThrough), $"The windows through {releasedThrough} are complete already; {through} is no later.");
        await ExecuteAsync(
            cancellationToken,
            Sql.Command("DELETE FROM vault.contribution WHERE hour <= $1", Sql.Value(through.Index)),
            Sql.Command("UPDATE vault.state SET released_through = $1", Sql.Value(through.Index)));
        releasedThrough = through;
    }

    public ValueTask ForgetDaysAsync(PrivacyDay through, CancellationToken cancellationToken) => ExecuteAsync(
        cancellationToken,
        Sql.Command("DELETE FROM vault.budget WHERE day <= $1", Day(through)),
        Sql.Command("DELETE FROM vault.active_owner WHERE day <= $1", Day(through)),
        Sql.Command("DELETE FROM vault.plan_device WHERE day <= $1", Day(through)));

    /// <remarks>
    /// Where the connection is cut during the commit nobody here knows whether it was made; the fence finds out from the ledger.
    /// </remarks>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await RunAsync(
            async () =>
            {
                await transaction.CommitAsync(CancellationToken.None);
                return 0;
            },
            cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (ended)
            return;
        ended = true;
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception exception) when (PostgresFailure.IsOfDatabase(exception))
        {
            // The connection is gone, and with it the transaction.
        }
        await connection.DisposeAsync();
    }

    static NpgsqlParameter Day(PrivacyDay day) => Sql.Value((int)day.ToStored());

    async ValueTask ExecuteAsync(CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands) =>
        await RunAsync(
            async () =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                foreach (var command in commands)
                    batch.BatchCommands.Add(command);
                return await batch.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);

    ValueTask<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        RunAsync(
            async () =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(sql, parameters) } };
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(read(reader));
                return rows;
            },
            cancellationToken);

    async ValueTask<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        RequireUsable();
        cancellationToken.ThrowIfCancellationRequested();
        failed = true;
        try
        {
            var result = await work();
            failed = false;
            return result;
        }
        catch (Exception exception) when (PostgresFailure.IsOfDatabase(exception))
        {
            throw PostgresFailure.Translate(exception);
        }
        catch (InvalidOperationException exception) when (connection.State != System.Data.ConnectionState.Open)
        {
            throw PostgresFailure.Translate(exception);
        }
    }

    /// <summary>A refusal of our own fails the transaction as one of the database would.</summary>
    void Require(bool condition, string otherwise)
    {
        RequireUsable();
        if (condition)
            return;
        failed = true;
        throw new InvalidOperationException(otherwise);
    }

    void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (failed)
            throw new InvalidOperationException("An earlier step of this transaction failed. Dispose it and begin another.");
    }
}
