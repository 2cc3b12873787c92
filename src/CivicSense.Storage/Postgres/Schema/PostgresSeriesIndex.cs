namespace CivicSense.Storage;

/// <summary>The key of estimates holds what is read of them, so that a series is read from the index alone.</summary>
/// <remarks>
/// A node writes hour by hour, so the hours of an area lie on as many pages as there are hours. In the index they lie side by side, in the
/// present month as well, and nobody has to put finished months in order (docs/performance-storage.md). The server looks into the table
/// only where a page has changed since it was last vacuumed; so these tables are vacuumed often, which costs little, because it reads only
/// what has changed.
/// </remarks>
static class PostgresSeriesIndex
{
    public static string Create(PostgresLayout layout) => layout == PostgresLayout.Partitions
        ? Key + PostgresPartitions.AddMonthsOfSuperseded.Replace(Attach, VacuumMonth + Attach, StringComparison.Ordinal) + VacuumMonths
        : Key + $"ALTER TABLE commons.estimate SET ({Often});";

    const string Often = "autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05";

    const string Key = """
        ALTER TABLE commons.estimate DROP CONSTRAINT estimate_pkey,
            ADD PRIMARY KEY (area, quantity, resolution, start) INCLUDE (until, value, standard_error, lower, upper, status);

        """;

    const string Attach = "        EXECUTE pg_catalog.format('ALTER TABLE %1$I.%2$I ATTACH PARTITION";

    const string VacuumMonth = $"""
                IF parent = 'estimate' THEN
                    EXECUTE pg_catalog.format('ALTER TABLE %I.%I SET ({Often})', home, part);
                END IF;

        """;

    const string VacuumMonths = $"""


        DO $$
        DECLARE
            part regclass;
        BEGIN
            FOR part IN SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = 'commons.estimate'::regclass LOOP
                EXECUTE pg_catalog.format('ALTER TABLE %s SET ({Often})', part);
            END LOOP;
        END $$;
        """;
}
