using System.Collections.Immutable;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>The public side on PostgreSQL, over connections whose role cannot read the vault (<see cref="PostgresRole.Public"/>).</summary>
sealed class PostgresCommons(PostgresPool pool) : ICommons, IAsyncDisposable
{
    readonly LatestEstimates latest = new();

    public async ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) => ReadPlan(
        await pool.QueryAsync(
            "SELECT document FROM commons.plan WHERE day = $1", row =>
                row.GetString(0), cancellationToken, Sql.Value((int)day.ToStored())));

    public async ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken) => ReadPlan(
        await pool.QueryAsync("SELECT document FROM commons.plan ORDER BY day DESC LIMIT 1", row => row.GetString(0), cancellationToken));

    public async ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(
        MeasurementQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return await PostgresMeasurementReading.ReadAsync(pool, query, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
        PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken) =>
        await pool.QueryAsync(
            "SELECT day, area, value, ledger_sequence FROM commons.activity WHERE day >= $1 AND day < $2 ORDER BY day, area",
            row => new NoisyActivity(row.Day(0), row.Area(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken, Sql.Value((int)from.ToStored()), Sql.Value((int)until.ToStored()));

    public async ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return await PostgresEstimateReading.ReadAsync(pool, query, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(
        EstimateRevisionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return await PostgresEstimateReading.ReadRevisionsAsync(pool, query, cancellationToken);
    }

    public ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken) =>
        PostgresEstimateReading.ReadHistoryAsync(pool, cancellationToken);

    public async ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(Resolution resolution, CancellationToken cancellationToken) =>
        await latest.GetAsync(resolution, await ReadTokenAsync(cancellationToken), () => ReadLatestAsync(resolution, cancellationToken));

    async ValueTask<IReadOnlyList<Estimate>> ReadLatestAsync(Resolution resolution, CancellationToken cancellationToken) =>
        await pool.QueryAsync(
            $"SELECT {EstimateColumns.Names} FROM commons.latest_estimate WHERE resolution = $1 ORDER BY area, quantity",
            EstimateColumns.Reader(), cancellationToken, Sql.Value((short)resolution));

    public async ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
        HourWindow from, HourWindow until, CancellationToken cancellationToken) =>
        await pool.QueryAsync(
            """
            SELECT station, quantity, hour, value, known_from FROM commons.reference_value
            WHERE known_from >= $1 AND known_from < $2 ORDER BY known_from, hour, station, quantity
            """,
            row => new ReferenceValue(row.GetString(0), row.Quantity(1), row.Window(2), row.GetDouble(3), row.Window(4)),
            cancellationToken, Sql.Value(from.Index), Sql.Value(until.Index));

    public async ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken) =>
        await pool.QueryAsync(
        "SELECT quantity, number, from_hour, parameters FROM commons.model_version ORDER BY quantity, number",
        row => new ModelVersion(
            row.Quantity(0), row.GetInt32(1), row.Window(2),
            JsonSerializer.Deserialize<Dictionary<string, double>>(row.GetString(3))!.ToImmutableSortedDictionary(StringComparer.Ordinal)),
        cancellationToken);

    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        RefuseNegative(limit);
        return await pool.QueryAsync(
            "SELECT document FROM commons.ledger WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            row => LedgerEntry.Read(row.GetString(0)), cancellationToken, Sql.Value(afterSequence), Sql.Value((long)limit));
    }

    public async ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken)
    {
        // One statement, so that head and plans are of the same moment.
        var rows = await pool.QueryAsync(
            """
            SELECT coalesce(head.sequence, 0), head.hash, cost.days, cost.rho
            FROM (SELECT count(*)::integer AS days, coalesce(sum(rho), 0) AS rho FROM commons.plan) AS cost
                LEFT JOIN (SELECT sequence, hash FROM commons.ledger ORDER BY sequence DESC LIMIT 1) AS head ON true
            """,
            row => new LedgerSummary(
                row.GetInt64(0), row.IsDBNull(1) ? LedgerEntry.Genesis : row.GetString(1), row.GetInt32(2), row.GetDecimal(3)),
            cancellationToken);
        return rows[0];
    }

    public async ValueTask<string?> ReadVersionAsync(CancellationToken cancellationToken) => await ReadTokenAsync(cancellationToken);

    async ValueTask<string> ReadTokenAsync(CancellationToken cancellationToken) =>
        (await pool.QueryAsync("SELECT token::text FROM commons.version", row => row.GetString(0), cancellationToken))[0];

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    static void RefuseNegative(int limit) => ArgumentOutOfRangeException.ThrowIfNegative(limit);

    static ReleasePlan? ReadPlan(List<string> documents) => documents is [var document] ? PlanDocument.Read(document) : null;
}
