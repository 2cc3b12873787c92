using CivicSense.Vault;
using Microsoft.Data.Sqlite;

namespace CivicSense.Storage;

/// <summary>Sessions of devices on SQLite.</summary>
sealed class SqliteDeviceSessionStore(SqliteWriter writer, SessionPool readers) : IDeviceSessionStore
{
    public async ValueTask<IReadOnlyList<DeviceSessionRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await readers.ReadAsync(Read, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw WriteFailure.Translate(exception);
        }
    }

    public async ValueTask WriteAsync(IReadOnlyList<DeviceSessionRecord> sessions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        if (sessions.Count > 0)
            await writer.WriteAsync(session => Write(session, sessions), cancellationToken);
    }

    static List<DeviceSessionRecord> Read(SqliteSession session)
    {
        var sessions = new List<DeviceSessionRecord>();
        var row = session.Prepare("""
            SELECT name, client_id, expires_at, state FROM vault_mqtt_sessions JOIN vault_device ON id = device_id
            ORDER BY device_id, client_id
            """);
        while (row.Step())
            sessions.Add(new DeviceSessionRecord(row.Text(0), row.Text(1), row.IsNull(2) ? null : row.Instant(2), row.Blob(3)));
        return sessions;
    }

    static int Write(SqliteSession session, IReadOnlyList<DeviceSessionRecord> sessions)
    {
        var remove = session.Prepare("""
            DELETE FROM vault_mqtt_sessions WHERE client_id = ?2 AND device_id = (SELECT id FROM vault_device WHERE name = ?1)
            """);
        // Finds no row to write where the device is gone.
        var replace = session.Prepare("""
            INSERT INTO vault_mqtt_sessions (device_id, client_id, expires_at, state)
            SELECT id, ?2, nullif(?3, -1), ?4 FROM vault_device WHERE name = ?1
            ON CONFLICT (device_id, client_id) DO UPDATE SET expires_at = excluded.expires_at, state = excluded.state
            """);
        foreach (var changed in sessions)
        {
            if (changed.State.IsEmpty)
                remove.Bind(1, changed.DeviceName).Bind(2, changed.ClientId).Run();
            else
            {
                replace.Bind(1, changed.DeviceName).Bind(2, changed.ClientId)
                    .Bind(3, changed.ExpiresAt?.ToUnixTimeMilliseconds() ?? -1).Bind(4, changed.State.Span).Run();
            }
        }
        return sessions.Count;
    }
}
