using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>The private side on PostgreSQL.</summary>
sealed class PostgresVault(PostgresPool pool, MonthPartitions months, IngestIdentity process) : IVault
{
    /// <summary>In the order of <see cref="StoredRows.Device"/>.</summary>
    public const string DeviceColumns = "id, owner_id, name, place, model";

    public async ValueTask<Owner> EnsureOwnerAsync(string name, CancellationToken cancellationToken)
    {
        EnrolmentChecks.CheckOwnerName(name);
        await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command(
                """
                INSERT INTO vault.owner (name) SELECT $1 WHERE NOT EXISTS (SELECT FROM vault.owner WHERE name = $1)
                ON CONFLICT (name) DO NOTHING
                """,
                Sql.Value(name)));
        var id = await pool.QueryAsync(
            "SELECT id FROM vault.owner WHERE name = $1", row => row.GetInt32(0), cancellationToken, Sql.Value(name));
        return new Owner(id[0], name);
    }

    public async ValueTask<Device> AddDeviceAsync(
        int ownerId, string name, Area place, string model, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken)
    {
        EnrolmentChecks.CheckDevice(name, place, model, secretHash);
        if (await FindCredentialAsync(name, cancellationToken) is not null)
            throw new DuplicateDeviceException(name);
        var owner = await pool.QueryAsync("SELECT 1 FROM vault.owner WHERE id = $1", row => 1, cancellationToken, Sql.Value(ownerId));
        if (owner.Count == 0)
            throw new ArgumentException($"There is no owner with the number {ownerId}.", nameof(ownerId));
        var added = await pool.QueryAsync(
            """
            INSERT INTO vault.device (owner_id, name, place, model, secret_hash) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (name) DO NOTHING RETURNING id
            """,
            row => row.GetInt32(0), cancellationToken,
            Sql.Value(ownerId), Sql.Value(name), Sql.Value(place.QuadKey), Sql.Value(model), Sql.Value(secretHash.ToArray()));
        // Another process may have taken the name meanwhile.
        return added is [var id] ? new Device(id, ownerId, name, place, model) : throw new DuplicateDeviceException(name);
    }

    public async ValueTask<bool> SetModelAsync(string deviceName, string model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        EnrolmentChecks.CheckModel(model);
        return await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command("UPDATE vault.device SET model = $2 WHERE name = $1", Sql.Value(deviceName), Sql.Value(model))) > 0;
    }

    public async ValueTask<bool> SetSecretAsync(string deviceName, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        EnrolmentChecks.CheckSecretHash(secretHash);
        return await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command(
                "UPDATE vault.device SET secret_hash = $2 WHERE name = $1", Sql.Value(deviceName), Sql.Value(secretHash.ToArray()))) > 0;
    }

    public async ValueTask<IReadOnlyList<Device>> EnrolAsync(IReadOnlyList<EnrolmentRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            EnrolmentChecks.CheckOwnerName(request.OwnerName);
            EnrolmentChecks.CheckDevice(request.DeviceName, request.Place, request.Model, request.SecretHash);
        }
        return requests.Count == 0 ? [] : await PostgresEnrolment.EnrolAsync(pool, requests, cancellationToken);
    }

    public async ValueTask<bool> DeleteDeviceAsync(string deviceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        var deleted = await pool.QueryAsync(
            "SELECT vault.delete_device($1)", row => row.GetBoolean(0), cancellationToken, Sql.Value(deviceName));
        return deleted[0];
    }

    public async ValueTask<bool> DeleteOwnerAsync(string ownerName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ownerName);
        var deleted = await pool.QueryAsync(
            "SELECT vault.delete_owner($1)", row => row.GetBoolean(0), cancellationToken, Sql.Value(ownerName));
        return deleted[0];
    }

    public async ValueTask<HouseholdRecord?> ReadHouseholdAsync(string ownerName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ownerName);
        return await pool.UseAsync(
            connection => PostgresHouseholdReading.ReadAsync(connection, ownerName, cancellationToken), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Owner>> ReadOwnersAsync(CancellationToken cancellationToken) =>
        await pool.QueryAsync(
            "SELECT id, name FROM vault.owner ORDER BY id", row => new Owner(row.GetInt32(0), row.GetString(1)), cancellationToken);

    public async ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
        await pool.QueryAsync($"SELECT {DeviceColumns} FROM vault.device ORDER BY id", StoredRows.Device, cancellationToken);

    public async ValueTask<IReadOnlyList<DeviceCredential>> ReadCredentialsAsync(CancellationToken cancellationToken) =>
        await pool.QueryAsync($"SELECT {DeviceColumns}, secret_hash FROM vault.device ORDER BY "
            + "id", StoredRows.Credential, cancellationToken);

    public async ValueTask<DeviceCredential?> FindCredentialAsync(string deviceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        var found = await pool.QueryAsync(
            $"SELECT {DeviceColumns}, secret_hash FROM vault.device WHERE name = $1",
            StoredRows.Credential, cancellationToken, Sql.Value(deviceName));
        return found is [var credential] ? credential : null;
    }

    /// <remarks>Those of this process: it goes on adding to them. Those of others are theirs.</remarks>
    public async ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(CancellationToken cancellationToken) =>
        await pool.QueryAsync(
        """
        SELECT hour, device_id, quantity, count, sum, last_time FROM vault.contribution WHERE ingest_node = $1
        ORDER BY hour, device_id, quantity
        """,
        StoredRows.Contribution, cancellationToken, Sql.Value(process.Name));

    public async ValueTask<OpenHours> ReadOpenHoursAsync(int deviceId, CancellationToken cancellationToken) =>
        await pool.UseAsync(connection => PostgresOpenHoursReading.ReadAsync(connection, deviceId, cancellationToken), cancellationToken);

    public async ValueTask CommitAsync(ReadOnlyMemory<Contribution> contributions, CancellationToken cancellationToken)
    {
        if (contributions.IsEmpty)
            return;
        var batch = ContributionBatch.Of(contributions.Span);
        await months.EnsureHoursAsync("contribution", batch.Windows, cancellationToken);
        await pool.ExecuteAsync(cancellationToken, batch.Commands(process));
    }
}
