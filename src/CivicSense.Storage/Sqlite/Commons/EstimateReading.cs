using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Reads estimates of one series along the keys of the tables: the newest revisions, those of an instant, or all.</summary>
static class EstimateReading
{
    /// <summary>In the place of a time for what is published now: later than all others.</summary>
    const long Present = long.MaxValue;

    const string OfSeries = "area = ?1 AND quantity = ?2 AND resolution = ?3";

    const string Newest = $"""
        SELECT {EstimateRow.OwnColumns} FROM estimate WHERE {OfSeries} AND start >= ?4 AND start < ?5 ORDER BY start LIMIT ?6
        """;

    // Of one estimate at most one revision was published at an instant. Each half stops when it has as many rows as are wanted.
    const string AsOf = $"""
        SELECT * FROM (
            SELECT {EstimateRow.OwnColumns} FROM estimate
            WHERE {OfSeries} AND start >= ?4 AND start < ?5 AND (published_at IS NULL OR published_at <= ?7) ORDER BY start LIMIT ?6)
        UNION ALL SELECT * FROM (
            SELECT {EstimateRow.OwnColumns} FROM superseded_estimate
            WHERE {OfSeries} AND start >= ?4 AND start < ?5 AND published_until > ?7 AND (published_from IS NULL OR published_from <= ?7)
            ORDER BY start LIMIT ?6)
        ORDER BY start LIMIT ?6
        """;

    const string All = $"""
        SELECT * FROM (
            SELECT {EstimateRow.Columns}, published_from, published_until FROM superseded_estimate
            WHERE {OfSeries} AND (start, published_until) > (?4, ?7) AND start < ?5 ORDER BY start, published_until LIMIT ?6)
        UNION ALL SELECT * FROM (
            SELECT {EstimateRow.Columns}, published_at, ?9 FROM estimate
            WHERE {OfSeries} AND start >= ?8 AND start < ?5 ORDER BY start LIMIT ?6)
        ORDER BY start, published_until LIMIT ?6
        """;

    public static List<Estimate> Read(SqliteSession session, EstimateQuery query)
    {
        var row = session.Prepare(query.AsOf is null ? Newest : AsOf);
        BindSeries(row, query.Area, query.Quantity, query.Resolution)
            .Bind(4, StoredValues.CeilingMilliseconds(query.From))
                .Bind(5, StoredValues.CeilingMilliseconds(query.Until)).Bind(6, query.Limit);
        if (query.AsOf is { } instant)
            row.Bind(7, instant.ToUnixTimeMilliseconds());
        var estimates = new List<Estimate>();
        while (row.Step())
            estimates.Add(EstimateRow.ReadOwn(row, query));
        return estimates;
    }

    public static List<EstimateRevision> ReadRevisions(SqliteSession session, EstimateRevisionQuery query)
    {
        var (start, publishedUntil) = (StoredValues.CeilingMilliseconds(query.From), -1L);
        if (query.After is { } after)
            (start, publishedUntil) = (after.Start.ToUnixTimeMilliseconds(), after.PublishedUntil?.ToUnixTimeMilliseconds() ?? Present);
        var row = session.Prepare(All);
        BindSeries(row, query.Area, query.Quantity, query.Resolution)
            .Bind(4, start).Bind(5, StoredValues.CeilingMilliseconds(query.Until)).Bind(6, query.Limit).Bind(7, publishedUntil)
            .Bind(8, publishedUntil == Present ? start + 1 : start).Bind(9, Present);
        var revisions = new List<EstimateRevision>();
        while (row.Step())
        {
            revisions.Add(new EstimateRevision(
                EstimateRow.Read(row, query.Area), row.IsNull(10) ? null : row.Instant(10),
                row.Int64(11) == Present ? null : row.Instant(11)));
        }
        return revisions;
    }

    public static RevisionHistory ReadHistory(SqliteSession session, DateTimeOffset now)
    {
        var row = session.Prepare("SELECT begins FROM revision_history");
        // Of a database from before there were revisions, nothing is known of the past until the first estimate is written.
        DateTimeOffset? begins = row.Step() ? row.IsNull(0) ? now : row.Instant(0) : null;
        row.Reset();
        return new RevisionHistory(begins, now);
    }

    static SqliteStatement BindSeries(SqliteStatement row, Area area, Quantity quantity, Resolution resolution) =>
        row.Bind(1, area.QuadKey).Bind(2, quantity.Ordinal).Bind(3, (long)resolution);
}
