namespace CivicSense.Storage;

/// <summary>What was published of an estimate before it was replaced, and when.</summary>
/// <remarks>
/// A trigger keeps it with the rights of whoever made it: nobody can replace an estimate without it, and no role can write a past of its
/// own. Times are those of the database's clock, the only one that all processes share. An estimate without a time, and a history that has
/// not begun, are from before this step; the history begins with the first estimate that is written after it. A database without estimates
/// has its whole history.
/// </remarks>
static class PostgresEstimateRevisions
{
    public static string Create(PostgresLayout layout) => layout switch
    {
        PostgresLayout.Partitions =>
            Tables.Replace("{by start}", "PARTITION BY RANGE (start)", StringComparison.Ordinal) + PostgresPartitions.AddMonthsOfSuperseded,
        PostgresLayout.Hypertables => Tables.Replace("{by start}", "", StringComparison.Ordinal) + Hypertable,
        _ => Tables.Replace("{by start}", "", StringComparison.Ordinal) + Hypertable + Policies,
    };

    const string Tables = """
        ALTER TABLE commons.estimate ADD COLUMN published_at bigint;

        CREATE TABLE commons.superseded_estimate (
            area text COLLATE "C" NOT NULL,
            quantity smallint NOT NULL,
            resolution smallint NOT NULL,
            start bigint NOT NULL,
            published_until bigint NOT NULL,
            published_from bigint CHECK (published_from < published_until),
            until bigint NOT NULL,
            value double precision NOT NULL,
            standard_error double precision NOT NULL,
            lower double precision NOT NULL,
            upper double precision NOT NULL,
            status smallint NOT NULL CHECK (status IN (0, 1)),
            PRIMARY KEY (area, quantity, resolution, start, published_until)
        ) {by start};

        CREATE FUNCTION commons.keep_superseded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN
            INSERT INTO commons.superseded_estimate (area, quantity, resolution, start, published_until, published_from,
                until, value, standard_error, lower, upper, status)
            VALUES (OLD.area, OLD.quantity, OLD.resolution, OLD.start, NEW.published_at, OLD.published_at,
                OLD.until, OLD.value, OLD.standard_error, OLD.lower, OLD.upper, OLD.status);
            RETURN NULL;
        END $$;
        CREATE TRIGGER estimate_is_superseded AFTER UPDATE ON commons.estimate
            FOR EACH ROW EXECUTE FUNCTION commons.keep_superseded();

        CREATE TABLE commons.revision_history (
            id smallint PRIMARY KEY CHECK (id = 1),
            begins bigint
        );
        INSERT INTO commons.revision_history (id, begins) SELECT 1, NULL WHERE EXISTS (SELECT FROM commons.estimate);

        """;

    const string Hypertable = """
        SELECT create_hypertable('commons.superseded_estimate', 'start', chunk_time_interval => 2678400000::bigint, create_default_indexes => false);

        """;

    // As the estimates: what has been superseded does not change, but more of the same month may come.
    const string Policies = """
        SELECT set_integer_now_func('commons.superseded_estimate', 'commons.newest_instant');
        ALTER TABLE commons.superseded_estimate SET (timescaledb.compress,
            timescaledb.compress_segmentby = 'area, quantity, resolution', timescaledb.compress_orderby = 'start, published_until');
        SELECT add_compression_policy('commons.superseded_estimate', compress_after => 5184000000::bigint);
        """;
}
