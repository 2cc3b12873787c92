using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Reads the table of ingest processes.</summary>
sealed class PostgresIngestRoster(PostgresPool pool) : IIngestRoster
{
    public async ValueTask<IngestRoster> ReadAsync(CancellationToken cancellationToken)
    {
        HourWindow? releasedThrough = null;
        // One statement, so one moment. There is a row without a process where none has registered.
        var processes = await pool.QueryAsync(
            """
            SELECT state.released_through, name, incarnation, heartbeat, pg_catalog.clock_timestamp() - heartbeat, closed_through, stopped
            FROM vault.state AS state LEFT JOIN vault.ingest_process ON true ORDER BY name
            """,
            row =>
            {
                releasedThrough = row.IsDBNull(0) ? null : row.Window(0);
                return row.IsDBNull(1)
                    ? null
                    : new IngestProcess(
                        row.GetString(1), row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<TimeSpan>(4),
                        row.IsDBNull(5) ? null : row.Window(5), row.GetBoolean(6));
            },
            cancellationToken);
        return new IngestRoster([.. processes.OfType<IngestProcess>()], releasedThrough);
    }
}
