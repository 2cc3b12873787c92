using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Writes estimates, and keeps a copy of each newest one apart.</summary>
sealed class SqliteEstimateStore(SqliteWriter writer, CommonsChanges changes) : IEstimateStore
{
    /// <summary>
    /// A device waits for its acknowledgement while the lock is held, so a long batch is written in pieces of this many rows.
    /// </summary>
    const int RowsPerTransaction = 4_000;

    const string Changes = """
        until = excluded.until, value = excluded.value, standard_error = excluded.standard_error,
        lower = excluded.lower, upper = excluded.upper, status = excluded.status
        """;

    const string Upsert = $"""
        INSERT INTO estimate ({EstimateRow.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (area, quantity, resolution, start) DO UPDATE SET {Changes} WHERE status = 0
        """;

    const string UpsertLatest = $"""
        INSERT INTO latest_estimate ({EstimateRow.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (resolution, area, quantity) DO UPDATE SET start = excluded.start, {Changes}
        WHERE start < excluded.start OR (start = excluded.start AND status = 0)
        """;

    public async ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        for (var first = 0; first < estimates.Count; first += RowsPerTransaction)
        {
            var (begin, end) = (first, Math.Min(estimates.Count, first + RowsPerTransaction));
            try
            {
                await writer.WriteAsync(session => Write(session, estimates, begin, end), cancellationToken);
            }
            finally
            {
                changes.Note();
            }
        }
    }

    static int Write(SqliteSession session, IReadOnlyList<Estimate> estimates, int begin, int end)
    {
        var all = session.Prepare(Upsert);
        var latest = session.Prepare(UpsertLatest);
        for (var i = begin; i < end; i++)
        {
            all.Bind(estimates[i]).Run();
            latest.Bind(estimates[i]).Run();
        }
        return end - begin;
    }
}
