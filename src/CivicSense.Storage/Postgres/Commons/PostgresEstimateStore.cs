using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>
/// Writes estimates while this process leads, and keeps a copy of each newest one apart. A trigger keeps what is replaced
/// (<see cref="PostgresEstimateRevisions"/>).
/// </summary>
sealed class PostgresEstimateStore(PostgresReleaseLease lease, MonthPartitions months) : IEstimateStore
{
    const int RowsPerTransaction = 4_000;

    const string Changes = """
        until = excluded.until, value = excluded.value, standard_error = excluded.standard_error,
        lower = excluded.lower, upper = excluded.upper, status = excluded.status
        """;

    // Of several of one key in a batch: the first final one, or else the last live one, as if they had come one by one.
    const string ChosenFirst = "status DESC, CASE status WHEN 1 THEN place ELSE -place END";

    // To the second, upward: how long after its due time a release was done depends on private data, and this is public for ever.
    const string Now = "ceil(extract(epoch FROM now()))::bigint * 1000";

    // A revision follows the one before also where the clock has been set back. What is the same is not written again.
    const string Upsert = $"""
        INSERT INTO commons.estimate AS stored ({EstimateColumns.Names}, published_at)
        SELECT DISTINCT ON (area, quantity, resolution, start) {EstimateColumns.Names}, {Now} FROM {EstimateColumns.Batch}
        ORDER BY area, quantity, resolution, start, {ChosenFirst}
        ON CONFLICT (area, quantity, resolution, start) DO UPDATE
        SET {Changes}, published_at = greatest(excluded.published_at, stored.published_at + 1)
        WHERE stored.status = 0
            AND (stored.until, stored.value, stored.standard_error, stored.lower, stored.upper, stored.status) IS DISTINCT FROM
            (excluded.until, excluded.value, excluded.standard_error, excluded.lower, excluded.upper, excluded.status)
        """;

    const string BeginHistory = $"UPDATE commons.revision_history SET begins = {Now} WHERE begins IS NULL";

    const string UpsertLatest = $"""
        INSERT INTO commons.latest_estimate AS stored ({EstimateColumns.Names})
        SELECT DISTINCT ON (area, quantity, resolution) {EstimateColumns.Names} FROM {EstimateColumns.Batch}
        ORDER BY area, quantity, resolution, start DESC, {ChosenFirst}
        ON CONFLICT (resolution, area, quantity) DO UPDATE SET start = excluded.start, {Changes}
        WHERE stored.start < excluded.start OR (stored.start = excluded.start AND stored.status = 0)
        """;

    public async ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        foreach (var table in new[] { "estimate", "superseded_estimate" })
            await months.EnsureAsync(table, estimates.Select(estimate => estimate.Start), cancellationToken);
        foreach (var part in estimates.Chunk(RowsPerTransaction))
        {
            await lease.ExecuteWhileHeldAsync(
                cancellationToken,
                Sql.Command(BeginHistory), Sql.Command(Upsert, EstimateColumns.Of(part)),
                Sql.Command(UpsertLatest, EstimateColumns.Of(part)));
        }
    }
}
