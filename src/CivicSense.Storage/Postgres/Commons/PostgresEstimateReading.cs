using CivicSense.Commons;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Reads estimates of one series along the keys of the tables: the newest revisions, those of an instant, or all.</summary>
static class PostgresEstimateReading
{
    /// <summary>In the place of a time for what is published now: later than all others.</summary>
    const long Present = long.MaxValue;

    const string OfSeries = "area = $1 AND quantity = $2 AND resolution = $3";

    const string Newest = $"""
        SELECT {EstimateColumns.OwnNames} FROM commons.estimate
        WHERE {OfSeries} AND start >= $4 AND start < $5 ORDER BY start LIMIT $6
        """;

    // Of one estimate at most one revision was published at an instant. Each half stops when it has as many rows as are wanted.
    const string AsOf = $"""
        (SELECT {EstimateColumns.OwnNames} FROM commons.estimate
            WHERE {OfSeries} AND start >= $4 AND start < $5 AND (published_at IS NULL OR published_at <= $7) ORDER BY start LIMIT $6)
        UNION ALL (SELECT {EstimateColumns.OwnNames} FROM commons.superseded_estimate
            WHERE {OfSeries} AND start >= $4 AND start < $5 AND published_until > $7 AND (published_from IS NULL OR published_from <= $7)
            ORDER BY start LIMIT $6)
        ORDER BY start LIMIT $6
        """;

    const string All = $"""
        (SELECT {EstimateColumns.Names}, published_from, published_until FROM commons.superseded_estimate
            WHERE {OfSeries} AND start >= $4 AND (start, published_until) > ($4, $7) AND start < $5
            ORDER BY start, published_until LIMIT $6)
        UNION ALL (SELECT {EstimateColumns.Names}, published_at, $9 FROM commons.estimate
            WHERE {OfSeries} AND start >= $8 AND start < $5 ORDER BY start LIMIT $6)
        ORDER BY start, published_until LIMIT $6
        """;

    public static async ValueTask<IReadOnlyList<Estimate>> ReadAsync(
        PostgresPool pool, EstimateQuery query, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] parameters =
        [
            .. Series(query.Area, query.Quantity, query.Resolution),
            Sql.Value(StoredValues.CeilingMilliseconds(query.From)), Sql.Value(StoredValues.CeilingMilliseconds(query.Until)),
            Sql.Value((long)query.Limit),
        ];
        return query.AsOf is { } instant
            ? await pool.QueryAsync(
                AsOf, Read, cancellationToken, [.. parameters, Sql.Value(instant.ToUnixTimeMilliseconds())])
            : await pool.QueryAsync(Newest, Read, cancellationToken, parameters);

        Estimate Read(NpgsqlDataReader row) => EstimateColumns.ReadOwn(row, query);
    }

    public static async ValueTask<IReadOnlyList<EstimateRevision>> ReadRevisionsAsync(
        PostgresPool pool, EstimateRevisionQuery query, CancellationToken cancellationToken)
    {
        var (start, publishedUntil) = (StoredValues.CeilingMilliseconds(query.From), -1L);
        if (query.After is { } after)
            (start, publishedUntil) = (after.Start.ToUnixTimeMilliseconds(), after.PublishedUntil?.ToUnixTimeMilliseconds() ?? Present);
        var estimate = EstimateColumns.Reader();
        return await pool.QueryAsync(
            All,
            row => new EstimateRevision(
                estimate(row), row.IsDBNull(10) ? null : row.Instant(10), row.GetInt64(11) == Present ? null : row.Instant(11)),
            cancellationToken,
            [
                .. Series(query.Area, query.Quantity, query.Resolution),
                Sql.Value(start), Sql.Value(StoredValues.CeilingMilliseconds(query.Until)), Sql.Value((long)query.Limit),
                Sql.Value(publishedUntil),
                Sql.Value(publishedUntil == Present ? start + 1 : start), Sql.Value(Present),
            ]);
    }

    public static async ValueTask<RevisionHistory> ReadHistoryAsync(PostgresPool pool, CancellationToken cancellationToken)
    {
        var rows = await pool.QueryAsync(
            // Of a database from before there were revisions, nothing is known of the past until the first estimate is written.
            """
            SELECT history.id IS NOT NULL, history.begins, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
            FROM (SELECT) AS present LEFT JOIN commons.revision_history AS history ON true
            """,
            row => (row.GetBoolean(0), Begins: row.IsDBNull(1) ? (DateTimeOffset?)null : row.Instant(1), Now: row.Instant(2)),
            cancellationToken);
        var (isOfLater, begins, now) = rows[0];
        return new RevisionHistory(isOfLater ? begins ?? now : null, now);
    }

    static NpgsqlParameter[] Series(Area area, Quantity quantity, Resolution resolution) =>
        [Sql.Value(area.QuadKey), Sql.Value((short)quantity.Ordinal), Sql.Value((short)resolution)];
}
