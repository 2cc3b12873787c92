using System.Collections.Immutable;
using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>
/// An <see cref="ICommons"/> in memory: three release areas, a bit over seven days, a true hash chain, no chance involved.
/// </summary>
sealed class FakeCommons : ICommons
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    public static readonly HourWindow LastReleased = HourWindow.Containing(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero));
    public static readonly PrivacyDay FirstDay = PrivacyDay.Parse("2026-11-15");

    readonly Area[] releaseAreas;

    static readonly Quantity[] Quantities = [Quantity.Pm25, Quantity.Laeq, Quantity.Temperature];

    readonly List<ReleasePlan> plans = [];
    readonly List<NoisyMeasurement> measurements = [];
    readonly List<NoisyActivity> activity = [];
    readonly List<LedgerEntry> ledger = [];
    readonly List<Estimate> estimates = [];
    int revisions;

    FakeCommons(params Area[] areas)
    {
        releaseAreas = areas.Length > 0 ? areas : [Area.Parse("03131303010"), Area.Parse("03131303011"), Area.Parse("03131303013")];
        Tree = AreaTree.Build(releaseAreas);
    }

    /// <summary>A node that has released nothing.</summary>
    public static FakeCommons Empty() => new();

    /// <summary>A node whose plan is fixed but whose first window has not been released.</summary>
    public static FakeCommons Planned()
    {
        var commons = new FakeCommons();
        commons.AddPlan(PrivacyDay.Parse("2026-11-22"));
        return commons;
    }

    public static FakeCommons Filled()
    {
        var commons = new FakeCommons();
        for (var day = FirstDay; day <= PrivacyDay.Of(LastReleased, Zone); day = day.Next)
            commons.AddDay(day);
        commons.AddLonger(Resolution.Week, PrivacyDay.Parse("2026-11-02"), days: 7);
        commons.AddLonger(Resolution.Week, PrivacyDay.Parse("2026-11-09"), days: 7);
        commons.AddLonger(Resolution.Month, PrivacyDay.Parse("2026-10-01"), days: 31);
        return commons;
    }

    /// <summary>A node that began on the day before clocks changed in October, which is final by now.</summary>
    public static FakeCommons Archived() => Since("2026-10-24");

    /// <summary>A node that began on a day.</summary>
    public static FakeCommons Since(string firstDay)
    {
        var commons = new FakeCommons();
        for (var day = PrivacyDay.Parse(firstDay); day <= PrivacyDay.Of(LastReleased, Zone); day = day.Next)
            commons.AddDay(day);
        return commons;
    }

    /// <summary>A node of many areas that has released one hour.</summary>
    public static FakeCommons Crowded(int areas = 500)
    {
        var commons = new FakeCommons(
            [.. Enumerable.Range(0, areas).Select(i => Area.FromPosition(57.15 + 0.012 * (i / 25), -2.1 + 0.022 * (i % 25), 14)).Distinct()]);
        var day = PrivacyDay.Of(LastReleased, Zone);
        commons.AddPlan(day);
        commons.AddWindow(commons.plans[0], LastReleased);
        var yesterday = new PrivacyDay(day.Date.AddDays(-1));
        commons.AddEstimates(yesterday, Resolution.Day, yesterday.Windows(Zone)[0].Start, yesterday.Windows(Zone)[^1].End, 1.2);
        return commons;
    }

    /// <summary>Entries of the ledger after this instant have not been written yet; all have been if it is null.</summary>
    public DateTimeOffset? ReleasedUntil { get; set; }

    /// <summary>Called before measurements are read.</summary>
    public Action? Reading { get; set; }

    /// <summary>Whether reading fails as it does with a locked database.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Since when revisions are known; null for all of the past.</summary>
    public DateTimeOffset? HistoryBegins { get; set; }

    /// <summary>How often estimates were asked for by time.</summary>
    public int EstimateReads { get; private set; }

    /// <summary>How often the newest estimates were asked for.</summary>
    public int LatestReads { get; private set; }

    /// <summary>Whether changes are noticed, as those of a database are.</summary>
    public bool NoticesChanges { get; set; } = true;

    public IReadOnlyList<LedgerEntry> Ledger => ledger;

    public IReadOnlyList<NoisyMeasurement> Measurements => measurements;

    public IReadOnlyList<Estimate> Estimates => estimates;

    /// <summary>The values of two stations, each known two hours late.</summary>
    public IReadOnlyList<ReferenceValue> References =>
        measurements.Count == 0 ? [] :
        [
            .. from hour in Enumerable.Range(0, 150)
               let known = new HourWindow(LastReleased.Index - 149 + hour)
               from station in new[] { "Harbour quay", "Old town" }
               from quantity in new[] { Quantity.Pm25, Quantity.No2 }
               select new ReferenceValue(station, quantity, new HourWindow(known.Index - 2), 10.5 + hour % 7, known),
        ];

    /// <summary>Two versions of one quantity and one of another.</summary>
    public IReadOnlyList<ModelVersion> Models =>
        measurements.Count == 0 ? [] :
        [
            new(Quantity.Pm25, 1, new HourWindow(LastReleased.Index - 100), Parameters(0.31)),
            new(Quantity.Pm25, 2, new HourWindow(LastReleased.Index - 30), Parameters(0.33)),
            new(Quantity.Laeq, 1, new HourWindow(LastReleased.Index - 100), Parameters(0.25)),
        ];

    public PrivacyDay NextDay => plans[^1].Day.Next;

    public AreaTree Tree { get; }

    /// <summary>Adds an estimate that came by no window.</summary>
    public void Add(Estimate estimate) => estimates.Add(estimate);

    /// <summary>Puts an estimate in place of the one of the same area, quantity and time.</summary>
    public void Revise(Estimate estimate)
    {
        var place = estimates.FindIndex(known => (known.Area, known.Quantity, known.Resolution, known.Start)
            == (estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start));
        estimates[place] = estimate;
        revisions++;
    }

    public void AddPlan(PrivacyDay day)
    {
        var plan = new ReleasePlan
        {
            Day = day,
            TimeZone = Zone.Id,
            FirstWindow = day.Windows(Zone)[0],
            LastWindow = day.Windows(Zone)[^1],
            Areas = [.. releaseAreas.Select((area, i) => new PlannedArea(area, 5 + i))],
            Quantities = [.. Quantities.Select(
                quantity => new PlannedQuantity(quantity, 0.3m, Math.Sqrt(0.3) / quantity.TypicalDayNorm, quantity.ResidualCap))],
            Rho = 0.028m,
            Sigma = 1 / Math.Sqrt(2 * 0.028),
            Grid = 1 << 20,
            ActivityWeight = 300_000,
            Calibrations = [new PlannedCalibration("sds011", CalibrationFormula.HackAir2018)],
        };
        plans.Add(plan);
        Append(LedgerEntryKind.Plan, plan, null, 0, ValuesHash.OfNothing);
    }

    /// <summary>Lets the newest window have been released without some of the processes that take readings.</summary>
    public void ReleaseNewestWithout(int processes) =>
        ledger[^1] = LedgerEntry.Create(ledger[^1].Content with { AbsentIngestProcesses = processes }, ledger[^1].PreviousHash);

    void AddLonger(Resolution resolution, PrivacyDay first, int days) => AddEstimates(
        first, resolution, first.Windows(Zone)[0].Start, new PrivacyDay(first.Date.AddDays(days - 1)).Windows(Zone)[^1].End, 0.4);

    void AddDay(PrivacyDay day)
    {
        AddPlan(day);
        var plan = plans[^1];
        foreach (var window in plan.Windows().Where(window => window <= LastReleased))
            AddWindow(plan, window);
        if (day.Windows(Zone)[^1] > LastReleased) return;
        AddEstimates(day, Resolution.Day, day.Windows(Zone)[0].Start, day.Windows(Zone)[^1].End, 1.2);

        var values = plan.Areas.Select(
            (area, i) => new NoisyActivity(day, area.Area, 1_500_000 + 77_777 * i - 1000 * day.Date.Day, ledger.Count + 1)).ToList();
        activity.AddRange(values);
        Append(LedgerEntryKind.Activity, plan, null, values.Count, ValuesHash.Of(values));
    }

    void AddWindow(ReleasePlan plan, HourWindow window)
    {
        var values = new List<NoisyMeasurement>();
        foreach (var area in plan.Areas)
        {
            foreach (var quantity in Quantities)
                values.Add(new NoisyMeasurement(window, area.Area, quantity, (long)(4e6 * Math.Sin(window.Index * 7 + values.Count)),
                    quantity.PriorMean + 0.1 * Math.Cos(window.Index), ledger.Count + 1));
        }
        measurements.AddRange(values);
        Append(LedgerEntryKind.Window, plan, window, values.Count, ValuesHash.Of(values));
        AddEstimates(plan.Day, Resolution.Hour, window.Start, window.End, 2.2);
    }

    void AddEstimates(PrivacyDay day, Resolution resolution, DateTimeOffset start, DateTimeOffset end, double relativeError)
    {
        var status = end <= LastReleased.End.AddHours(-48) ? EstimateStatus.Final : EstimateStatus.Live;
        for (var i = 0; i < Tree.Nodes.Length; i++)
        {
            foreach (var quantity in Quantities)
            {
                var hour = resolution == Resolution.Hour ? start.Hour : 12;
                var swing = Math.Sin(2 * Math.PI * (hour - 6) / 24.0) + 0.8 * Math.Sin(day.Date.DayNumber * 1.3) + 0.25 * (i % 9);
                var value = quantity == Quantity.Pm25 ? 11 * Math.Exp(0.45 * swing) : quantity.PriorMean + 4 * swing;
                // The third node is too uncertain for an hour: its pages must say so.
                var error = (quantity == Quantity.Pm25 ? 0.8 : 0.5) * relativeError * (i == 2 && resolution == Resolution.Hour ? 4 : 1);
                estimates.Add(new Estimate(
                    Tree.Nodes[i].Area, quantity, resolution, start, end, value, error, Math.Max(quantity.Minimum, value - 1.96 * error),
                    value + 1.96 * error, status));
            }
        }
    }

    static ImmutableSortedDictionary<string, double> Parameters(double cityDeviation) =>
        new Dictionary<string,
        double> { ["LocalMemory"] = 12, ["CityDeviation"] = cityDeviation }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    IEnumerable<LedgerEntry> Written => ledger.Where(entry => !(entry.Content.Window?.End > ReleasedUntil));

    void Append(LedgerEntryKind kind, ReleasePlan plan, HourWindow? window, int keys, string valuesHash) => ledger.Add(LedgerEntry.Create(
        new LedgerRecord(ledger.Count + 1, kind, (window ?? plan.FirstWindow).End.AddMinutes(10), plan.Day, window, PlanDocument.Hash(plan),
            keys, valuesHash, plan.Rho),
        ledger.Count == 0 ? LedgerEntry.Genesis : ledger[^1].Hash));

    public ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        Answer(plans.Find(plan => plan.Day == day));

    public ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken) => Answer(plans.LastOrDefault());

    public ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(MeasurementQuery query, CancellationToken cancellationToken)
    {
        Assert.InRange(query.Limit, 1, OpenDataOptions.MaximumPageSize + 1);
        Reading?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        return Answer<IReadOnlyList<NoisyMeasurement>>([.. measurements
            .Where(row => row.Window >= query.From && row.Window < query.Until)
            .Where(row => query.Within is null || query.Within.Value.Contains(row.Area))
            .Where(row => query.Quantity is null || row.Quantity == query.Quantity)
            .Where(row => query.After is not { } after
                || (row.Window.Index, row.Area, row.Quantity.Ordinal)
                    .CompareTo((after.Window.Index, after.Area, after.Quantity.Ordinal)) > 0)
            .Take(query.Limit)]);
    }

    public ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
        PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<NoisyActivity>>([.. activity.Where(row => row.Day >= from && row.Day < until)]);

    public ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken)
    {
        Assert.InRange(query.Limit, 1, OpenDataOptions.MaximumPageSize + 1);
        EstimateReads++;
        return Answer<IReadOnlyList<Estimate>>([.. estimates
            .Where(row => row.Area == query.Area && row.Quantity == query.Quantity && row.Resolution == query.Resolution)
            .Where(row => row.Start >= query.From && row.Start < query.Until).OrderBy(row => row.Start)
            .SelectMany(row => query.AsOf is not { } instant ? [row] : Revisions(row)
                .Where(revision => revision.PublishedFrom <= instant && !(revision.PublishedUntil <= instant))
                    .Select(revision => revision.Estimate))
            .Take(query.Limit)]);
    }

    public ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(
        EstimateRevisionQuery query, CancellationToken cancellationToken)
    {
        Assert.InRange(query.Limit, 1, OpenDataOptions.MaximumPageSize + 1);
        return Answer<IReadOnlyList<EstimateRevision>>([.. estimates
            .Where(row => row.Area == query.Area && row.Quantity == query.Quantity && row.Resolution == query.Resolution)
            .Where(row => row.Start >= query.From && row.Start < query.Until).OrderBy(row => row.Start).SelectMany(Revisions)
            .Where(revision => query.After is not { } after || revision.Estimate.Start > after.Start
                || (revision.Estimate.Start == after.Start
                    && (revision.PublishedUntil ?? DateTimeOffset.MaxValue) > (after.PublishedUntil ?? DateTimeOffset.MaxValue)))
            .Take(query.Limit)]);
    }

    public ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken) =>
        Answer(new RevisionHistory(HistoryBegins, new FixedTime().GetUtcNow()));

    /// <summary>
    /// What is final was another value while it was live: from ten minutes after its end for 48 hours and some milliseconds.
    /// </summary>
    static IEnumerable<EstimateRevision> Revisions(Estimate estimate)
    {
        var published = estimate.End.AddMinutes(10);
        var final = published.AddHours(48).AddMilliseconds(250);
        return estimate.Status == EstimateStatus.Live
            ? [new(estimate, published, null)]
            : [new(estimate with { Value = estimate.Value + 0.25, Status = EstimateStatus.Live }, published, final),
                new(estimate, final, null)];
    }

    public ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(Resolution resolution, CancellationToken cancellationToken)
    {
        LatestReads++;
        return Answer<IReadOnlyList<Estimate>>(
            [.. estimates.Where(row => row.Resolution == resolution).GroupBy(row => (row.Area, row.Quantity.Ordinal))
            .Select(group => group.MaxBy(row => row.Start)!).OrderBy(row => row.Area).ThenBy(row => row.Quantity.Ordinal)]);
    }

    public ValueTask<string?> ReadVersionAsync(CancellationToken cancellationToken) => Answer(NoticesChanges
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{plans.Count} {measurements.Count} {activity.Count} {estimates.Count} {revisions} {Written.Count()} {(ledger.Count == 0 ? "" : ledger[^1].Hash)}")
        : null);

    public ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken) =>
        Answer(Models);

    public ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
        HourWindow from, HourWindow until, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<ReferenceValue>>([.. References.Where(row => row.KnownFrom >= from && row.KnownFrom < until)]);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        Assert.InRange(limit, 1, OpenDataOptions.MaximumPageSize + 1);
        return Answer<IReadOnlyList<LedgerEntry>>([.. Written.Where(entry => entry.Content.Sequence > afterSequence).Take(limit)]);
    }

    public ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken) =>
        Answer(new LedgerSummary(
            Written.Count(), ledger.Count == 0 ? LedgerEntry.Genesis : ledger[^1].Hash, plans.Count, plans.Sum(plan => plan.Rho)));

    ValueTask<T> Answer<T>(T value) => IsBroken ? throw new IOException("The database is locked.") : ValueTask.FromResult(value);
}
