using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>Released data and estimates in memory, with the store's rule that what is final stays.</summary>
sealed class MemoryCommons : ICommons, IEstimateStore, IModelVersionStore
{
    readonly Dictionary<(Area Area, Quantity Quantity, Resolution Resolution, DateTimeOffset Start), Estimate> estimates = [];

    public SortedDictionary<PrivacyDay, ReleasePlan> Plans { get; } = [];
    public List<NoisyMeasurement> Measurements { get; } = [];
    public List<NoisyActivity> Activity { get; } = [];
    public List<ReferenceValue> References { get; } = [];
    public List<ModelVersion> Versions { get; } = [];

    /// <summary>Everything ever written, in order.</summary>
    public List<Estimate> Written { get; } = [];

    /// <summary>The newest released window when an estimate was written last with this status.</summary>
    public Dictionary<(Area Area, Quantity Quantity, Resolution Resolution, DateTimeOffset Start, EstimateStatus Status),
    HourWindow> WrittenAfter { get; } = [];

    /// <summary>The newest released window when a version of the model was stored, by its number.</summary>
    public Dictionary<int, HourWindow> StoredAfter { get; } = [];

    public IEnumerable<Estimate> Stored => estimates.Values;

    /// <summary>Set to lose what is written, as a crash before the write does.</summary>
    public bool Losing { get; set; }

    public ValueTask WriteAsync(IReadOnlyList<Estimate> batch, CancellationToken cancellationToken)
    {
        if (Losing)
            return ValueTask.CompletedTask;
        Written.AddRange(batch);
        foreach (var estimate in batch)
        {
            WrittenAfter[(estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start, estimate.Status)] =
                Measurements[^1].Window;
            var key = (estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start);
            if (!estimates.TryGetValue(key, out var stored) || stored.Status == EstimateStatus.Live)
                estimates[key] = estimate;
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Plans.GetValueOrDefault(day));

    public ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(Plans.Count == 0 ? null : Plans.Values.Last());

    public ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(MeasurementQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<NoisyMeasurement>>([.. Measurements
            .Where(measurement => measurement.Window >= query.From && measurement.Window < query.Until)
            .OrderBy(measurement => measurement.Window)
                .ThenBy(measurement => measurement.Area).ThenBy(measurement => measurement.Quantity.Ordinal)]);

    public ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
        PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<NoisyActivity>>([.. Activity.Where(activity => activity.Day >= from && activity.Day < until)]);

    public ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Estimate>>([.. estimates.Values
            .Where(estimate => estimate.Area == query.Area && estimate.Quantity == query.Quantity && estimate.Resolution == query.Resolution
                && estimate.Start >= query.From && estimate.Start < query.Until)
            .OrderBy(estimate => estimate.Start).Take(query.Limit)]);

    public ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(
        EstimateRevisionQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(Resolution resolution, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
        HourWindow from, HourWindow until, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ReferenceValue>>(
        [.. References.Where(value => value.KnownFrom >= from && value.KnownFrom < until)]);

    public ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ModelVersion>>(
            [.. Versions.OrderBy(version => version.Quantity.Ordinal).ThenBy(version => version.Number)]);

    public ValueTask WriteAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        if (!Versions.Any(known => known.Quantity == version.Quantity && known.Number == version.Number))
        {
            Versions.Add(version);
            StoredAfter[version.Number] = Measurements[^1].Window;
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
