using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Reads what the vault holds about one household.</summary>
static class HouseholdReading
{
    const string Contributions = """
        SELECT window, device_id, quantity, count, sum, last_time FROM vault_contribution
        WHERE device_id IN (SELECT id FROM vault_device WHERE owner_id = ?1) ORDER BY key
        """;

    const string Sessions = """
        SELECT name, client_id, expires_at, state FROM vault_device JOIN vault_mqtt_sessions ON device_id = id
        WHERE owner_id = ?1 ORDER BY device_id, client_id
        """;

    /// <summary>Reads everything from one snapshot, so that a release in between cannot tear it.</summary>
    public static HouseholdRecord? Read(SqliteSession session, string ownerName)
    {
        session.Execute("BEGIN");
        try
        {
            var found = session.Prepare("SELECT id FROM vault_owner WHERE name = ?1").Bind(1, ownerName);
            return found.Step() ? Read(session, new Owner(found.Int32(0), ownerName)) : null;
        }
        finally
        {
            session.ResetStatements();
            session.Execute("ROLLBACK");
        }
    }

    static HouseholdRecord Read(SqliteSession session, Owner owner) => new()
    {
        Owner = owner,
        Devices = ReadAll(
            session, $"SELECT {SqliteVault.DeviceColumns}, secret_hash FROM vault_device WHERE owner_id = ?1 ORDER BY id", owner,
            static row => new DeviceCredential(SqliteVault.ReadDevice(row), row.Blob(5))),
        Contributions = SqliteVault.ReadContributions(session.Prepare(Contributions).Bind(1, owner.Id)),
        Sessions = ReadAll(
            session, Sessions, owner,
            static row => new DeviceSessionRecord(row.Text(0), row.Text(1), row.IsNull(2) ? null : row.Instant(2), row.Blob(3))),
        Budgets = ReadAll(
            session, "SELECT day, remaining FROM vault_budget WHERE owner_id = ?1 ORDER BY day", owner,
            static row => (row.Day(0), row.Int64(1))),
        Active = ReadAll(
            session, "SELECT day, area_index FROM vault_active_owner WHERE owner_id = ?1 ORDER BY day, area_index", owner,
            static row => (row.Day(0), row.Int32(1))),
        Planned = ReadAll(
            session, "SELECT day, device_id, owner_id, area_index, model FROM vault_plan_device WHERE owner_id = ?1 ORDER BY day, "
                + "device_id", owner,
            static row => (row.Day(0), new PlannedDevice(row.Int32(1), row.Int32(2), row.Int32(3), row.Text(4)))),
    };

    static List<T> ReadAll<T>(SqliteSession session, string sql, Owner owner, Func<SqliteStatement, T> read)
    {
        var all = new List<T>();
        var row = session.Prepare(sql).Bind(1, owner.Id);
        while (row.Step())
            all.Add(read(row));
        return all;
    }
}
