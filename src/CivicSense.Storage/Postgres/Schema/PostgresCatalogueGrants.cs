namespace CivicSense.Storage;

/// <summary>
/// Takes from everybody what PostgreSQL tells and lends them by default: how many rows the vault has, when they change, and the locks
/// that order commits and releases. Applied anew by every migration.
/// </summary>
/// <remarks>
/// Who reads a count of rows every second sees each device's messages one by one (docs/decisions/0009-no-public-totals.md), and the public
/// role could. The catalogue belongs to the server's superuser, so only a superuser's migration can; otherwise
/// <see cref="IsTold"/> says that it is left. Each database has a catalogue of its own: others on the server stay as they are.
/// </remarks>
static class PostgresCatalogueGrants
{
    /// <summary>A condition: whether any login of this database can see how the private tables change.</summary>
    public const string IsTold = "has_function_privilege('public', 'pg_catalog.pg_stat_get_tuples_inserted(oid)', 'EXECUTE')";

    /// <summary>What can be done by somebody who owns the database; a table of one's own tells the number of the transaction.</summary>
    /// <remarks>PostgreSQL in WebAssembly runs in a template, whose row of the catalogue it cannot change.</remarks>
    public const string ApplyToDatabase = """
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_catalog.pg_database
                WHERE datname = pg_catalog.current_database() AND NOT datistemplate AND pg_catalog.pg_has_role(datdba, 'MEMBER')) THEN
                EXECUTE pg_catalog.format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', pg_catalog.current_database());
            END IF;
            IF EXISTS (SELECT FROM pg_catalog.pg_namespace
                WHERE nspname = 'public' AND pg_catalog.pg_has_role(nspowner, 'MEMBER')) THEN
                REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            END IF;
        END $$;
        """;

    /// <summary>
    /// Does nothing unless a superuser runs it. Monitoring (pg_monitor) and the owners keep what they had. The list of sessions shows the
    /// numbers of their transactions; the roles of the private side keep it, because doctor looks for standbys there.
    /// </summary>
    public const string ApplyToCatalogue = """
        DO $$
        DECLARE
            -- Of the tables, and of the database.
            owners text := (SELECT pg_catalog.string_agg(DISTINCT role::regrole::text, ', ') FROM (
                SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'vault'
                UNION SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AS owning (role));
            taken text;
            kept text;
            columns text;
        BEGIN
            IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
                RETURN;
            END IF;
            -- Until the end of this transaction; names outside of it are then written in full.
            PERFORM pg_catalog.set_config('search_path', 'pg_catalog', true);

            SELECT string_agg(function.oid::regprocedure::text, ', '),
                string_agg(function.oid::regprocedure::text, ', ')
                    FILTER (WHERE proname ~ '_advisory_' OR proname IN ('pg_stat_get_activity', 'pg_stat_get_wal_senders'))
            INTO taken, kept
            FROM pg_proc AS function
                LEFT JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = function.oid AND deptype = 'e'
                LEFT JOIN pg_extension AS extension ON extension.oid = refobjid
            WHERE pronamespace = 'pg_catalog'::regnamespace AND (
                    -- Rows and their changes, sizes, locks that are held.
                    proname ~ '^pg_stat_get_'
                    OR proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$'
                    OR proname IN ('pg_lock_status', 'pg_control_checkpoint')
                    -- The number of the newest transaction and the end of the log: they move with each commit.
                    OR proname ~ '^(pg_current_wal_|pg_current_xact_id|pg_current_snapshot|pg_xact_status|txid_current|txid_status)'
                    OR function.oid = 'age(xid)'::regprocedure OR proname = 'pg_export_snapshot'
                    -- What somebody could hold to stop every commit, and rows that belong to nobody's table.
                    OR proname ~ '^pg_(try_)?advisory_' OR proname IN ('lo_creat', 'lo_create', 'lo_from_bytea'))
                OR extname = 'timescaledb' AND prokind = 'f' AND proname ~ '(_size|_stats|_statistics|row_count)$';
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', taken);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor, %s', taken, owners);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO civicsense_ingest, civicsense_release', kept);

            IF has_table_privilege('public', 'pg_class', 'SELECT') THEN
                SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
                WHERE attrelid = 'pg_class'::regclass AND attnum > 0 AND NOT attisdropped
                    AND attname NOT IN ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
                REVOKE SELECT ON pg_class FROM PUBLIC;
                EXECUTE format('GRANT SELECT (%s) ON pg_class TO PUBLIC', columns);
                EXECUTE format('GRANT SELECT ON pg_class TO pg_monitor, %s', owners);
            END IF;
        END $$;
        """;
}
