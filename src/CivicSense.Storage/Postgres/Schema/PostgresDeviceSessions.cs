namespace CivicSense.Storage;

/// <summary>
/// MQTT sessions of devices belong to the process in whose memory they live. Each reads, writes and removes its own only.
/// </summary>
/// <remarks>
/// Two processes would otherwise end each other's sessions, and deliver a will twice. Sessions from before are those of the process without
/// a name. The sessions of a process go when its name is forgotten.
/// </remarks>
static class PostgresDeviceSessions
{
    public const string Divide = """
        ALTER TABLE vault.mqtt_session
            ADD COLUMN ingest_node text COLLATE "C" NOT NULL DEFAULT '',
            DROP CONSTRAINT mqtt_session_pkey,
            ADD PRIMARY KEY (device_id, client_id, ingest_node);
        ALTER TABLE vault.mqtt_session ALTER COLUMN ingest_node DROP DEFAULT;

        CREATE OR REPLACE FUNCTION vault.register_ingest(process text) RETURNS bigint
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE
            given bigint;
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock(1131832147, 1);
            WITH forgotten AS (
                DELETE FROM vault.ingest_process
                WHERE name <> process AND heartbeat < pg_catalog.clock_timestamp() - interval '30 days' RETURNING name)
            DELETE FROM vault.mqtt_session USING forgotten WHERE ingest_node = forgotten.name;
            INSERT INTO vault.ingest_process (name, incarnation, heartbeat)
                VALUES (process, pg_catalog.nextval('vault.ingest_incarnation'), pg_catalog.clock_timestamp())
                ON CONFLICT (name) DO UPDATE SET
                    incarnation = excluded.incarnation, heartbeat = excluded.heartbeat, closed_through = NULL, stopped = false
                RETURNING incarnation INTO given;
            RETURN given;
        END $$;
        """;
}
