using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Reads measurements in the order of their key (window, area, quantity), along the table's only index.</summary>
static class MeasurementReading
{
    const string Columns = "window, area, quantity, value, baseline, ledger_sequence";
    const int AnyQuantity = -1;

    public static List<NoisyMeasurement> Read(SqliteSession session, MeasurementQuery query, CancellationToken cancellationToken)
    {
        var measurements = new List<NoisyMeasurement>();
        // Rows after this key are wanted. No quantity is -1, so the initial key comes right before the first row of the first window.
        var after = (query.From.Index, Area: "", Quantity: -1);
        if (query.After is { } key && key.Window >= query.From)
            after = (key.Window.Index, key.Area.QuadKey, key.Quantity.Ordinal);

        if (query.Within is { Zoom: > 0 } within)
            ReadWithin(session, query, within.QuadKey, after, measurements, cancellationToken);
        else
            ReadEverywhere(session, query, after, measurements, cancellationToken);
        return measurements;
    }

    static void ReadEverywhere(
        SqliteSession session, MeasurementQuery query, (long Window, string Area, int Quantity) after,
        List<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        var row = session.Prepare($"""
            SELECT {Columns} FROM measurement
            WHERE (window, area, quantity) > (?1, ?2, ?3) AND window < ?4 AND (?5 = -1 OR quantity = ?5)
            ORDER BY window, area, quantity LIMIT ?6
            """);
        row.Bind(1, after.Window).Bind(2, after.Area).Bind(3, after.Quantity).Bind(4, query.Until.Index)
            .Bind(5, query.Quantity?.Ordinal ?? AnyQuantity).Bind(6, query.Limit);
        AddAll(row, measurements, cancellationToken);
    }

    // One search per window: each finds exactly the rows wanted, already in order, however long the archive and however many other areas.
    static void ReadWithin(
        SqliteSession session, MeasurementQuery query, string within, (long Window, string Area, int Quantity) after,
        List<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        if (Extent(session) is not { } extent)
            return;
        var until = Math.Min(query.Until.Index, extent.Last + 1);
        // '4' is the first character after the digits of a quadkey.
        var beyond = within + "4";
        for (var window = Math.Max(after.Window, extent.First); window < until && measurements.Count < query.Limit; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var continues = window == after.Window && string.CompareOrdinal(after.Area, within) >= 0;
            var row = session.Prepare($"""
                SELECT {Columns} FROM measurement
                WHERE window = ?1 AND (area, quantity) > (?2, ?3) AND area < ?4 AND (?5 = -1 OR quantity = ?5)
                ORDER BY area, quantity LIMIT ?6
                """);
            row.Bind(1, window).Bind(2, continues ? after.Area : within).Bind(3, continues ? after.Quantity : -1).Bind(4, beyond)
                .Bind(5, query.Quantity?.Ordinal ?? AnyQuantity).Bind(6, query.Limit - measurements.Count);
            AddAll(row, measurements, cancellationToken);
        }
    }

    static (long First, long Last)? Extent(SqliteSession session)
    {
        var row = session.Prepare("SELECT (SELECT min(window) FROM measurement), (SELECT max(window) FROM measurement)");
        row.Step();
        (long, long)? extent = row.IsNull(0) ? null : (row.Int64(0), row.Int64(1));
        row.Reset();
        return extent;
    }

    static void AddAll(SqliteStatement row, List<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            measurements.Add(new NoisyMeasurement(
                row.Window(0), row.Area(1), row.Quantity(2), row.Int64(3), row.Double(4), row.Int64(5)));
        }
    }
}
