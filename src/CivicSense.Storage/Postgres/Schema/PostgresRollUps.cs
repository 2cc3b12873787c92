namespace CivicSense.Storage;

/// <summary>
/// Sums of released values by privacy day and by week: the noisy sums, their variances and how many there are. Nothing private, and
/// nothing that is not in the measurements already.
/// </summary>
/// <remarks>
/// A privacy day begins at the node's midnight and may have 23 or 25 hours, which no bucket of fixed width has. So each aggregate groups by
/// the day of the plan as well, and the view adds up the two buckets that a day may fall into. Weeks are those of ISO 8601, named by the
/// day of their Monday; 1970-01-05 was one.
/// </remarks>
static class PostgresRollUps
{
    public static string Create(PostgresLayout layout) =>
        layout == PostgresLayout.Timescale
            ? Aggregate("day", "day", 24) + Aggregate("week", Week, 168)
                + View("day", "day", "measurement_day_bucket") + View("week", "week", "measurement_week_bucket")
            : PlainView("day", "day") + PlainView("week", Week);

    const string Week = "day - (day + 3) % 7";

    const string Sums = "sum(value) AS value, sum(variance) AS variance, count(*) AS hours";

    // materialized_only = false: what the policy has not taken in yet is added up when it is asked for.
    static string Aggregate(string name, string expression, int hours) => FormattableString.Invariant($"""
        CREATE MATERIALIZED VIEW commons.measurement_{name}_bucket WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
            SELECT time_bucket({hours}::bigint, hour) AS bucket, {expression} AS {name}, area, quantity, {Sums}
            FROM commons.measurement GROUP BY 1, 2, 3, 4
            WITH NO DATA;
        SELECT add_continuous_aggregate_policy('commons.measurement_{name}_bucket',
            start_offset => {hours * 4}::bigint, end_offset => {hours}::bigint, schedule_interval => interval '1 hour');

        """);

    static string View(string name, string expression, string from) => $"""
        CREATE VIEW commons.measurement_by_{name} AS
            SELECT {expression} AS {name}, area, quantity, sum(value) AS value, sum(variance) AS variance, sum(hours)::bigint AS hours
            FROM commons.{from} GROUP BY 1, 2, 3;

        """;

    static string PlainView(string name, string expression) => $"""
        CREATE VIEW commons.measurement_by_{name} AS
            SELECT {expression} AS {name}, area, quantity, {Sums} FROM commons.measurement GROUP BY 1, 2, 3;

        """;
}
