using CivicSense.Commons;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Reads measurements in the order of their key (window, area, quantity), along the table's only index.</summary>
static class PostgresMeasurementReading
{
    const string Columns = "hour, area, quantity, value, baseline, ledger_sequence";
    const short AnyQuantity = -1;

    /// <summary>How many windows one statement searches for the cells inside an area.</summary>
    const int WindowsAtOnce = 744;

    public static async Task<List<NoisyMeasurement>> ReadAsync(
        PostgresPool pool, MeasurementQuery query, CancellationToken cancellationToken)
    {
        // Rows after this key are wanted. No quantity is -1, so the initial key comes right before the first row of the first window.
        var after = (query.From.Index, Area: "", Quantity: (short)-1);
        if (query.After is { } key && key.Window >= query.From)
            after = (key.Window.Index, key.Area.QuadKey, key.Quantity.Ordinal);
        return query.Within is { Zoom: > 0 } within
            ? await ReadWithinAsync(pool, query, within.QuadKey, after, cancellationToken)
            : await ReadEverywhereAsync(pool, query, after, cancellationToken);
    }

    static Task<List<NoisyMeasurement>> ReadEverywhereAsync(
        PostgresPool pool, MeasurementQuery query, (long Hour, string Area, short Quantity) after, CancellationToken cancellationToken) =>
        pool.QueryAsync(
            // The first condition follows from the second, and is what a partition can be left out by.
            $"""
            SELECT {Columns} FROM commons.measurement
            WHERE hour >= $1 AND (hour, area, quantity) > ($1, $2, $3) AND hour < $4 AND ($5 = -1 OR quantity = $5)
            ORDER BY hour, area, quantity LIMIT $6
            """,
            Read, cancellationToken,
            Sql.Value(after.Hour), Sql.Value(after.Area), Sql.Value(after.Quantity), Sql.Value(query.Until.Index),
            Sql.Value(query.Quantity?.Ordinal ?? AnyQuantity), Sql.Value((long)query.Limit));

    // One search per window: each finds exactly the rows wanted, however long the archive and however many other areas.
    static async Task<List<NoisyMeasurement>> ReadWithinAsync(
        PostgresPool pool, MeasurementQuery query, string within, (long Hour, string Area, short Quantity) after,
        CancellationToken cancellationToken)
    {
        var measurements = new List<NoisyMeasurement>();
        var extent = (await pool.QueryAsync(
            "SELECT (SELECT min(hour) FROM commons.measurement), (SELECT max(hour) FROM commons.measurement)",
            row => row.IsDBNull(0) ? ((long First, long Last)?)null : (row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];
        if (extent is not { } present)
            return measurements;
        var until = Math.Min(query.Until.Index, present.Last + 1);
        for (var first = Math.Max(after.Hour, present.First); first < until && measurements.Count < query.Limit; first += WindowsAtOnce)
        {
            measurements.AddRange(await pool.QueryAsync(
                // '4' is the first character after the digits of a quadkey. The bounds follow from the series, and are what TimescaleDB
                // leaves chunks out by.
                $"""
                SELECT found.* FROM generate_series($1, $2) AS wanted (at) CROSS JOIN LATERAL (
                    SELECT {Columns} FROM commons.measurement
                    WHERE hour = wanted.at AND hour BETWEEN $1 AND $2 AND area >= $3 AND area < $3 || '4' AND ($4 = -1 OR quantity = $4)
                        AND (wanted.at <> $5 OR (area, quantity) > ($6, $7))
                    ORDER BY area, quantity LIMIT $8) AS found
                ORDER BY hour, area, quantity LIMIT $8
                """,
                Read, cancellationToken,
                Sql.Value(first), Sql.Value(Math.Min(until, first + WindowsAtOnce) - 1), Sql.Value(within),
                Sql.Value(query.Quantity?.Ordinal ?? AnyQuantity), Sql.Value(after.Hour), Sql.Value(after.Area), Sql.Value(after.Quantity),
                Sql.Value((long)query.Limit - measurements.Count)));
        }
        return measurements;
    }

    static NoisyMeasurement Read(NpgsqlDataReader row) =>
        new(row.Window(0), row.Area(1), row.Quantity(2), row.GetInt64(3), row.GetDouble(4), row.GetInt64(5));
}
