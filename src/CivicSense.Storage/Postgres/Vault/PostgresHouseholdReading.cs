using System.Data;
using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Reads what the vault holds about one household.</summary>
static class PostgresHouseholdReading
{
    const string Devices = $"SELECT {PostgresVault.DeviceColumns}, secret_hash FROM vault.device WHERE owner_id = $1 ORDER BY id";

    // What several processes have taken of a device belongs together.
    const string Contributions = """
        SELECT hour, device_id, quantity, sum(count)::integer, sum(sum), max(last_time) FROM vault.contribution
        WHERE device_id IN (SELECT id FROM vault.device WHERE owner_id = $1)
        GROUP BY hour, device_id, quantity ORDER BY hour, device_id, quantity
        """;

    const string Sessions = """
        SELECT name, client_id, expires_at, state FROM vault.device JOIN vault.mqtt_session ON device_id = id
        WHERE owner_id = $1 ORDER BY device_id, client_id
        """;

    const string Budgets = "SELECT day, remaining FROM vault.budgets_of($1)";

    const string Active = "SELECT day, area_index FROM vault.activity_of($1)";

    const string Planned =
        "SELECT day, device_id, owner_id, area_index, model FROM vault.plan_device WHERE owner_id = $1 ORDER BY day, device_id";

    /// <summary>Reads everything from one snapshot, so that a release in between cannot tear it.</summary>
    public static async Task<HouseholdRecord?> ReadAsync(NpgsqlConnection connection, string ownerName, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var found = await ReadAllAsync("SELECT id FROM vault.owner WHERE name = $1", Sql.Value(ownerName), row => row.GetInt32(0));
        if (found is not [var id])
            return null;
        return new HouseholdRecord
        {
            Owner = new Owner(id, ownerName),
            Devices = await ReadAllAsync(
                Devices, Sql.Value(id), row => new DeviceCredential(StoredRows.Device(row), row.GetFieldValue<byte[]>(5))),
            Contributions = await ReadAllAsync(Contributions, Sql.Value(id), StoredRows.Contribution),
            Sessions = await ReadAllAsync(Sessions, Sql.Value(id), row => new DeviceSessionRecord(
                row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.Instant(2), row.GetFieldValue<byte[]>(3))),
            Budgets = await ReadAllAsync(Budgets, Sql.Value(id), row => (row.Day(0), row.GetInt64(1))),
            Active = await ReadAllAsync(Active, Sql.Value(id), row => (row.Day(0), row.GetInt32(1))),
            Planned = await ReadAllAsync(Planned, Sql.Value(id), row => (
                row.Day(0), new PlannedDevice(row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4)))),
        };

        async Task<List<T>> ReadAllAsync<T>(string sql, NpgsqlParameter parameter, Func<NpgsqlDataReader, T> read)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(sql, parameter) } };
            await using var row = await batch.ExecuteReaderAsync(cancellationToken);
            var all = new List<T>();
            while (await row.ReadAsync(cancellationToken))
                all.Add(read(row));
            return all;
        }
    }
}
