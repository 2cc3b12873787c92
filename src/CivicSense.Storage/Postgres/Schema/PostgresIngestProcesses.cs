namespace CivicSense.Storage;

/// <summary>The processes that take readings: who they are, that they live, and how far each has closed its windows.</summary>
/// <remarks>
/// <para>Times are those of the database's clock, the only one that all processes share.</para>
/// <para>
/// An incarnation comes from a sequence: no two processes of one history of the database have the same. A backup that is restored sets the
/// sequence back, and what it gives then may be that of a process from before; so no process may run while a backup is restored
/// (docs/postgresql.md). Taking a name holds the lock of releases, whose other side every commit holds: when the new process reads what the
/// one before has counted, that one commits nothing more.
/// </para>
/// <para>The functions run with the rights of whoever made them: a process says something of itself only, and only while it has its
/// name.</para>
/// </remarks>
static class PostgresIngestProcesses
{
    public const string Create = """
        CREATE TABLE vault.ingest_process (
            name text COLLATE "C" PRIMARY KEY,
            incarnation bigint NOT NULL,
            heartbeat timestamptz NOT NULL,
            closed_through bigint,
            stopped boolean NOT NULL DEFAULT false
        );
        CREATE SEQUENCE vault.ingest_incarnation;

        -- Names that nobody has used for a month are forgotten.
        CREATE FUNCTION vault.register_ingest(process text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE
            given bigint;
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock(1131832147, 1);
            DELETE FROM vault.ingest_process
                WHERE name <> process AND heartbeat < pg_catalog.clock_timestamp() - interval '30 days';
            INSERT INTO vault.ingest_process (name, incarnation, heartbeat)
                VALUES (process, pg_catalog.nextval('vault.ingest_incarnation'), pg_catalog.clock_timestamp())
                ON CONFLICT (name) DO UPDATE SET
                    incarnation = excluded.incarnation, heartbeat = excluded.heartbeat, closed_through = NULL, stopped = false
                RETURNING incarnation INTO given;
            RETURN given;
        END $$;

        -- No row where another process has the name.
        CREATE FUNCTION vault.report_ingest(process text, held bigint, through bigint) RETURNS TABLE (released bigint)
            LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
            UPDATE vault.ingest_process SET
                heartbeat = pg_catalog.clock_timestamp(), closed_through = greatest(closed_through, through), stopped = false
                WHERE name = process AND incarnation = held
                RETURNING (SELECT released_through FROM vault.state)
        $$;

        CREATE FUNCTION vault.stop_ingest(process text, held bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
            UPDATE vault.ingest_process SET heartbeat = pg_catalog.clock_timestamp(), stopped = true
                WHERE name = process AND incarnation = held
        $$;

        -- The first statement of a commit of contributions. A release holds the other side of this lock from its beginning to its end, so a
        -- contribution is either there when its window is read or refused after it was. A name that nobody has registered is for tools.
        DROP FUNCTION vault.begin_commit(bigint);
        CREATE FUNCTION vault.begin_commit(first_hour bigint, process text, held bigint) RETURNS void
            LANGUAGE plpgsql SET search_path = '' AS $$
        DECLARE
            released bigint;
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock_shared(1131832147, 1);
            IF EXISTS (SELECT FROM vault.ingest_process WHERE name = process AND incarnation <> held) THEN
                RAISE EXCEPTION 'Another process has taken the name.' USING ERRCODE = 'CV002';
            END IF;
            SELECT released_through INTO released FROM vault.state;
            IF released >= first_hour THEN
                RAISE EXCEPTION 'The window has been released.' USING ERRCODE = 'CV001', HINT = released::text;
            END IF;
        END $$;
        """;

    /// <summary>
    /// A report is answered with the time as well: each process closes its hours by its own clock, and has to hear where that is wrong.
    /// </summary>
    public const string TellTime = """
        DROP FUNCTION vault.report_ingest(text, bigint, bigint);
        CREATE FUNCTION vault.report_ingest(process text, held bigint, through bigint) RETURNS TABLE (released bigint, told_at timestamptz)
            LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
            UPDATE vault.ingest_process SET
                heartbeat = pg_catalog.clock_timestamp(), closed_through = greatest(closed_through, through), stopped = false
                WHERE name = process AND incarnation = held
                RETURNING (SELECT released_through FROM vault.state), heartbeat
        $$;
        """;
}
