using System.Runtime.InteropServices;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>
/// Writes estimates, and keeps a copy of each newest one apart. A trigger keeps what is replaced (<see cref="SqliteSchema"/>).
/// </summary>
sealed class SqliteEstimateStore(SqliteWriter writer, CommonsChanges changes, TimeProvider time) : IEstimateStore
{
    /// <summary>
    /// A device waits for its acknowledgement while the lock is held, so a long batch is written in pieces of this many rows.
    /// </summary>
    const int RowsPerTransaction = 4_000;

    const string Changes = """
        until = excluded.until, value = excluded.value, standard_error = excluded.standard_error,
        lower = excluded.lower, upper = excluded.upper, status = excluded.status
        """;

    // A revision follows the one before also where the clock has been set back. What is the same is not written again.
    const string Upsert = $"""
        INSERT INTO estimate ({EstimateRow.Columns}, published_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (area, quantity, resolution, start) DO UPDATE
        SET {Changes}, published_at = max(excluded.published_at, coalesce(published_at + 1, 0))
        WHERE status = 0 AND (until, value, standard_error, lower, upper, status) IS NOT
            (excluded.until, excluded.value, excluded.standard_error, excluded.lower, excluded.upper, excluded.status)
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
            var staying = Staying(estimates, first, Math.Min(estimates.Count, first + RowsPerTransaction));
            try
            {
                await writer.WriteAsync(session => Write(session, staying), cancellationToken);
            }
            finally
            {
                changes.Note();
            }
        }
    }

    /// <summary>Of several of one key the first final one, or else the last live one: nobody sees the others.</summary>
    static List<Estimate> Staying(IReadOnlyList<Estimate> estimates, int begin, int end)
    {
        var staying = new Dictionary<(Area, Quantity, Resolution, DateTimeOffset), Estimate>(end - begin);
        for (var i = begin; i < end; i++)
        {
            var estimate = estimates[i];
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(
                staying, (estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start), out _);
            if (known?.Status != EstimateStatus.Final)
                known = estimate;
        }
        return [.. staying.Values];
    }

    int Write(SqliteSession session, List<Estimate> estimates)
    {
        // Within the transaction: the time that it waited for its turn is not part of the publication. To the second, upward: how long
        // after its due time a release was done depends on private data, and this is kept and public for ever.
        var now = (time.GetUtcNow().ToUnixTimeMilliseconds() + 999) / 1000 * 1000;
        session.Prepare("UPDATE revision_history SET begins = ?1 WHERE begins IS NULL").Bind(1, now).Run();
        var all = session.Prepare(Upsert);
        var latest = session.Prepare(UpsertLatest);
        foreach (var estimate in estimates)
        {
            all.Bind(estimate).Bind(11, now).Run();
            latest.Bind(estimate).Run();
        }
        return estimates.Count;
    }
}
