using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Sessions of devices on PostgreSQL: those of this process. Those of others are theirs.</summary>
sealed class PostgresDeviceSessionStore(PostgresPool pool, IngestIdentity process) : IDeviceSessionStore
{
    public async ValueTask<IReadOnlyList<DeviceSessionRecord>> ReadAsync(CancellationToken cancellationToken) => await pool.QueryAsync(
        """
        SELECT name, client_id, expires_at, state FROM vault.mqtt_session JOIN vault.device ON id = device_id
        WHERE ingest_node = $1 ORDER BY device_id, client_id
        """,
        row => new DeviceSessionRecord(
            row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.Instant(2), row.GetFieldValue<byte[]>(3)),
        cancellationToken, Sql.Value(process.Name));

    public async ValueTask WriteAsync(IReadOnlyList<DeviceSessionRecord> sessions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        if (sessions.Count == 0)
            return;
        // One statement cannot change a row twice; of a session given twice the last counts.
        var last = new Dictionary<(string, string), DeviceSessionRecord>();
        foreach (var session in sessions)
            last[(session.DeviceName, session.ClientId)] = session;
        var removed = last.Values.Where(session => session.State.IsEmpty).ToList();
        var kept = last.Values.Where(session => !session.State.IsEmpty).ToList();
        await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command(
                """
                DELETE FROM vault.mqtt_session USING unnest($1::text[], $2::text[]) AS gone (device_name, client), vault.device
                WHERE name = device_name AND device_id = id AND client_id = client AND ingest_node = $3
                """,
                Sql.Column(removed, session => session.DeviceName), Sql.Column(removed, session => session.ClientId),
                Sql.Value(process.Name)),
            // Finds no row to write where the device is gone.
            Sql.Command(
                """
                INSERT INTO vault.mqtt_session (device_id, client_id, ingest_node, expires_at, state)
                SELECT id, client, $5, nullif(expiry, -1), changed.state
                FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[]) AS changed (device_name, client, expiry, state)
                    JOIN vault.device ON name = device_name
                ON CONFLICT (device_id, client_id, ingest_node) DO UPDATE SET expires_at = excluded.expires_at, state = excluded.state
                """,
                Sql.Column(kept, session => session.DeviceName), Sql.Column(kept, session => session.ClientId),
                Sql.Column(kept, session => session.ExpiresAt?.ToUnixTimeMilliseconds() ?? -1),
                Sql.Column(kept, session => session.State.ToArray()),
                Sql.Value(process.Name)));
    }
}
