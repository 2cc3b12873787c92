namespace CivicSense.Storage;

/// <summary>Divides the tables that grow without end, in the way of the layout.</summary>
static class PostgresPartitions
{
    public static string Create(PostgresLayout layout) => layout switch
    {
        PostgresLayout.Partitions => Months,
        PostgresLayout.Hypertables => Hypertables,
        _ => Hypertables + Policies,
    };

    /// <summary>Lets a node drop the months of contributions that have been released.</summary>
    public static string CreateDropping(PostgresLayout layout) => layout == PostgresLayout.Partitions ? DropMonths : "SELECT 1";

    /// <summary>Months also of superseded estimates. It takes the place of what <see cref="Create"/> made.</summary>
    public static string AddMonthsOfSuperseded { get; } = Months
        .Replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", StringComparison.Ordinal)
        .Replace("THEN 'commons' END;", "THEN 'commons' WHEN 'superseded_estimate' THEN 'commons' END;", StringComparison.Ordinal)
        .Replace("CASE parent WHEN 'estimate' THEN 3600000", "CASE WHEN parent IN ('estimate', 'superseded_estimate') THEN 3600000",
            StringComparison.Ordinal);

    /// <summary>
    /// The same for chunks. TimescaleDB's Apache build has no policies, and elsewhere the scheduler that runs them may be off.
    /// </summary>
    public static string CreateDroppingOfChunks(PostgresLayout layout) => layout == PostgresLayout.Partitions ? "SELECT 1" : DropChunks;

    // A month may go when all of its hours have been released: nothing can be written into it any more. Whoever reads or writes the table
    // must be waited for, and the others wait meanwhile; so after a second it is left for the next time.
    const string DropMonths = """
        CREATE FUNCTION vault.drop_released_months() RETURNS integer
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
        DECLARE
            part text;
            is_empty boolean;
            dropped integer := 0;
        BEGIN
            IF NOT EXISTS (SELECT FROM vault.released_months()) THEN
                RETURN 0;
            END IF;
            LOCK TABLE ONLY vault.contribution IN ACCESS EXCLUSIVE MODE;
            FOR part IN SELECT name FROM vault.released_months() AS name LOOP
                EXECUTE pg_catalog.format('SELECT NOT EXISTS (SELECT FROM vault.%I)', part) INTO is_empty;
                IF is_empty THEN
                    EXECUTE pg_catalog.format('DROP TABLE vault.%I', part);
                    dropped := dropped + 1;
                END IF;
            END LOOP;
            RETURN dropped;
        EXCEPTION WHEN lock_not_available THEN
            RETURN 0;
        END $$;

        CREATE FUNCTION vault.released_months() RETURNS SETOF text LANGUAGE sql STABLE SET search_path = '' SET timezone = 'UTC' AS $$
            SELECT part.relname::text FROM pg_catalog.pg_inherits
                JOIN pg_catalog.pg_class AS part ON part.oid = inhrelid
                CROSS JOIN LATERAL pg_catalog.to_date(pg_catalog.right(part.relname::text, 7), 'YYYY_MM') AS month
                CROSS JOIN vault.state
            WHERE inhparent = 'vault.contribution'::regclass
                AND ((month + interval '1 month')::date - date '1970-01-01') * 24 <= released_through + 1
        $$;
        """;

    // A chunk is dropped as the table that it is: nothing that somebody has put into the extension's schema is called with the owner's
    // rights.
    const string DropChunks = """
        CREATE FUNCTION vault.drop_released_months() RETURNS integer
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '1s' AS $$
        DECLARE
            part text;
            is_empty boolean;
            dropped integer := 0;
        BEGIN
            FOR part IN
                SELECT pg_catalog.format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks CROSS JOIN vault.state
                WHERE hypertable_schema = 'vault' AND hypertable_name = 'contribution' AND range_end_integer <= released_through + 1
            LOOP
                EXECUTE pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part);
                EXECUTE pg_catalog.format('SELECT NOT EXISTS (SELECT FROM %s)', part) INTO is_empty;
                IF is_empty THEN
                    EXECUTE pg_catalog.format('DROP TABLE %s', part);
                    dropped := dropped + 1;
                END IF;
            END LOOP;
            RETURN dropped;
        EXCEPTION WHEN lock_not_available THEN
            RETURN 0;
        END $$;
        """;

    // ATTACH, unlike CREATE … PARTITION OF, waits for nobody who reads or writes the table. The caller's rights do not matter, only that it
    // may call this: a running node needs no right to create tables.
    const string Months = """
        CREATE FUNCTION vault.add_months(parent text, months date[]) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' AS $$
        DECLARE
            month date;
            home text := CASE parent WHEN 'contribution' THEN 'vault' WHEN 'measurement' THEN 'commons' WHEN 'estimate' THEN 'commons' END;
            units_per_hour bigint := CASE parent WHEN 'estimate' THEN 3600000 ELSE 1 END;
            part text;
        BEGIN
            IF home IS NULL THEN
                RAISE EXCEPTION 'No table is partitioned under this name.';
            END IF;
            PERFORM pg_catalog.pg_advisory_xact_lock(1131832147, 3);
            FOREACH month IN ARRAY months LOOP
                month := pg_catalog.date_trunc('month', month::timestamp)::date;
                part := parent || pg_catalog.to_char(month, '_YYYY_MM');
                CONTINUE WHEN pg_catalog.to_regclass(pg_catalog.format('%I.%I', home, part)) IS NOT NULL;
                EXECUTE pg_catalog.format('CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING ALL)', home, part, parent);
                IF parent = 'contribution' THEN
                    -- Running totals are written again and again: room for the next version on the same page, and swept up soon.
                    EXECUTE pg_catalog.format('ALTER TABLE %I.%I SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05)', home, part);
                END IF;
                EXECUTE pg_catalog.format('ALTER TABLE %1$I.%2$I ATTACH PARTITION %1$I.%3$I FOR VALUES FROM (%4$s) TO (%5$s)', home, parent, part,
                    (month - date '1970-01-01') * 24 * units_per_hour,
                    ((month + interval '1 month')::date - date '1970-01-01') * 24 * units_per_hour);
            END LOOP;
        END $$;
        """;

    // 24 hours of contributions; 31 days of what is kept.
    const string Hypertables = """
        SELECT create_hypertable('vault.contribution', 'hour', chunk_time_interval => 24::bigint, create_default_indexes => false);
        SELECT create_hypertable('commons.measurement', 'hour', chunk_time_interval => 744::bigint, create_default_indexes => false);
        SELECT create_hypertable('commons.estimate', 'start', chunk_time_interval => 2678400000::bigint, create_default_indexes => false);

        """;

    // "Now" of the contributions is the last hour that has been released, so that nothing else is ever dropped. What is public is kept for
    // ever, and compressed when it does not change any more: an estimate of a month may for a month and two days.
    const string Policies = """
        CREATE FUNCTION vault.released_hour() RETURNS bigint LANGUAGE sql STABLE SET search_path = '' AS
            'SELECT coalesce((SELECT released_through FROM vault.state), 0)';
        CREATE FUNCTION commons.newest_hour() RETURNS bigint LANGUAGE sql STABLE SET search_path = '' AS
            'SELECT coalesce((SELECT max(hour) FROM commons.measurement), 0)';
        CREATE FUNCTION commons.newest_instant() RETURNS bigint LANGUAGE sql STABLE SET search_path = '' AS
            'SELECT 3600000 * commons.newest_hour()';
        SELECT set_integer_now_func('vault.contribution', 'vault.released_hour');
        SELECT set_integer_now_func('commons.measurement', 'commons.newest_hour');
        SELECT set_integer_now_func('commons.estimate', 'commons.newest_instant');

        SELECT add_retention_policy('vault.contribution', drop_after => 24::bigint);

        ALTER TABLE commons.measurement SET (timescaledb.compress, timescaledb.compress_segmentby = 'quantity', timescaledb.compress_orderby = 'hour, area');
        SELECT add_compression_policy('commons.measurement', compress_after => 1440::bigint);
        ALTER TABLE commons.estimate SET (timescaledb.compress, timescaledb.compress_segmentby = 'area, quantity, resolution', timescaledb.compress_orderby = 'start');
        SELECT add_compression_policy('commons.estimate', compress_after => 5184000000::bigint);
        """;
}
