using System.Globalization;
using System.Collections.Immutable;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>The public side on SQLite, over connections that cannot see the vault (<see cref="PublicAuthorizer"/>).</summary>
/// <param name="readers">The connections.</param>
/// <param name="time">The clock that publications are dated with.</param>
/// <param name="changes">The changes, where this process is the one that makes them.</param>
sealed class SqliteCommons(SessionPool readers, TimeProvider time, CommonsChanges? changes = null) : ICommons, IAsyncDisposable
{
    readonly LatestEstimates latest = new();

    public ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) => readers.ReadAsync(
        session => ReadPlan(session.Prepare("SELECT document FROM plan WHERE day = ?1").Bind(1, day.ToStored())),
        cancellationToken);

    public ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken) => readers.ReadAsync(
        session => ReadPlan(session.Prepare("SELECT document FROM plan ORDER BY day DESC LIMIT 1")),
        cancellationToken);

    public ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(MeasurementQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return readers.ReadAsync<IReadOnlyList<NoisyMeasurement>>(
            session => MeasurementReading.Read(session, query, cancellationToken), cancellationToken);
    }

    public ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
        PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<NoisyActivity>>(
            session =>
            {
                var row = session.Prepare(
                    "SELECT day, area, value, ledger_sequence FROM activity WHERE day >= ?1 AND day < ?2 ORDER BY day, area");
                row.Bind(1, from.ToStored()).Bind(2, until.ToStored());
                var activity = new List<NoisyActivity>();
                while (row.Step())
                    activity.Add(new NoisyActivity(row.Day(0), row.Area(1), row.Int64(2), row.Int64(3)));
                return activity;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return readers.ReadAsync<IReadOnlyList<Estimate>>(session => EstimateReading.Read(session, query), cancellationToken);
    }

    public ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(
        EstimateRevisionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RefuseNegative(query.Limit);
        return readers.ReadAsync<IReadOnlyList<EstimateRevision>>(
            session => EstimateReading.ReadRevisions(session, query), cancellationToken);
    }

    public ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(session => EstimateReading.ReadHistory(session, time.GetUtcNow()), cancellationToken);

    public ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(Resolution resolution, CancellationToken cancellationToken) =>
        changes is null
            ? ReadLatestAsync(resolution, cancellationToken)
            : latest.GetAsync(resolution, changes.Version, () => ReadLatestAsync(resolution, cancellationToken));

    ValueTask<IReadOnlyList<Estimate>> ReadLatestAsync(Resolution resolution, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<Estimate>>(
            session => EstimateRow.ReadAll(session
                .Prepare($"SELECT {EstimateRow.Columns} FROM latest_estimate WHERE resolution = ?1 ORDER BY area, quantity")
                .Bind(1, (long)resolution)),
            cancellationToken);

    public ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
        HourWindow from, HourWindow until, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<ReferenceValue>>(
            session =>
            {
                var row = session.Prepare("""
                    SELECT station, quantity, window, value, known_from FROM reference_value
                    WHERE known_from >= ?1 AND known_from < ?2 ORDER BY known_from, window, station, quantity
                    """);
                row.Bind(1, from.Index).Bind(2, until.Index);
                var values = new List<ReferenceValue>();
                while (row.Step())
                    values.Add(new ReferenceValue(row.Text(0), row.Quantity(1), row.Window(2), row.Double(3), row.Window(4)));
                return values;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<ModelVersion>>(
            session =>
            {
                var row = session.Prepare("SELECT quantity, number, from_window, parameters FROM model_version ORDER BY quantity, number");
                var versions = new List<ModelVersion>();
                while (row.Step())
                {
                    var values = JsonSerializer.Deserialize<Dictionary<string, double>>(row.Text(3))!;
                    versions.Add(new ModelVersion(
                        row.Quantity(0), (int)row.Int64(1), row.Window(2), values.ToImmutableSortedDictionary(StringComparer.Ordinal)));
                }
                return versions;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        RefuseNegative(limit);
        return readers.ReadAsync<IReadOnlyList<LedgerEntry>>(
            session =>
            {
                var row = session.Prepare("SELECT document FROM ledger WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
                row.Bind(1, afterSequence).Bind(2, limit);
                var entries = new List<LedgerEntry>();
                while (row.Step())
                    entries.Add(LedgerEntry.Read(row.Text(0)));
                return entries;
            },
            cancellationToken);
    }

    public ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken) => readers.ReadAsync(
        session =>
        {
            // One statement, so that head and plans are of the same moment: the first row is the head, then one for each plan.
            var row = session.Prepare("""
                SELECT * FROM (SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1)
                UNION ALL SELECT NULL, rho FROM plan
                """);
            var (entries, head, days, rho) = (0L, LedgerEntry.Genesis, 0, 0m);
            while (row.Step())
            {
                if (row.IsNull(0))
                {
                    days++;
                    rho += decimal.Parse(row.Text(1), CultureInfo.InvariantCulture);
                }
                else
                {
                    (entries, head) = (row.Int64(0), row.Text(1));
                }
            }
            return new LedgerSummary(entries, head, days, rho);
        },
        cancellationToken);

    public ValueTask<string?> ReadVersionAsync(CancellationToken cancellationToken) => ValueTask.FromResult(changes?.Version);

    public ValueTask DisposeAsync() => readers.DisposeAsync();

    static void RefuseNegative(int limit) => ArgumentOutOfRangeException.ThrowIfNegative(limit);

    static ReleasePlan? ReadPlan(SqliteStatement row) => row.Step() ? PlanDocument.Read(row.Text(0)) : null;
}
