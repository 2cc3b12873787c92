using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Writes estimates while this process leads, and keeps a copy of each newest one apart.</summary>
sealed class PostgresEstimateStore(PostgresReleaseLease lease, MonthPartitions months) : IEstimateStore
{
    const int RowsPerTransaction = 4_000;

    const string Changes = """
        until = excluded.until, value = excluded.value, standard_error = excluded.standard_error,
        lower = excluded.lower, upper = excluded.upper, status = excluded.status
        """;

    // Of several of one key in a batch: the first final one, or else the last live one, as if they had come one by one.
    const string ChosenFirst = "status DESC, CASE status WHEN 1 THEN place ELSE -place END";

    const string Upsert = $"""
        INSERT INTO commons.estimate AS stored ({EstimateColumns.Names})
        SELECT DISTINCT ON (area, quantity, resolution, start) {EstimateColumns.Names} FROM {EstimateColumns.Batch}
        ORDER BY area, quantity, resolution, start, {ChosenFirst}
        ON CONFLICT (area, quantity, resolution, start) DO UPDATE SET {Changes} WHERE stored.status = 0
        """;

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
        await months.EnsureAsync("estimate", estimates.Select(estimate => estimate.Start), cancellationToken);
        foreach (var part in estimates.Chunk(RowsPerTransaction))
        {
            await lease.ExecuteWhileHeldAsync(
                cancellationToken, Sql.Command(Upsert, EstimateColumns.Of(part)), Sql.Command(UpsertLatest, EstimateColumns.Of(part)));
        }
    }
}
