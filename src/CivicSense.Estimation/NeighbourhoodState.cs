using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Everything the estimator knows, and how each release changes it. Not safe for concurrent use; a pure function of what is public.
/// </summary>
/// <param name="options">What is switched off.</param>
/// <param name="hasStations">Whether there are official stations.</param>
sealed class NeighbourhoodState(EstimatorOptions options, bool hasStations)
{
    readonly StateLayout layout = hasStations ? StateLayout.WithStations : StateLayout.WithoutStations;
    readonly Dictionary<Quantity, QuantityModel> models = [];
    readonly Dictionary<Quantity, StationPool> stations = [];
    readonly SortedDictionary<PrivacyDay, PlanContext> contexts = [];
    readonly ActiveOwners activeOwners = new();
    readonly FitSchedule schedule = new();
    readonly List<ModelVersion> pendingVersions = [];
    readonly List<ReferenceValue> pendingReferences = [];
    PrivacyDay? learnt;

    /// <summary>What this state predicts for the hour it has reached. Immutable: stays as it is when the state moves on.</summary>
    public NeighbourhoodForecast Forecast() => new(models.Values.ToDictionary(model => model.Quantity, model => model.Forecast()));

    /// <summary>Whether the state has moved on to a window already.</summary>
    public bool HasBegun(ReleasePlan plan, HourWindow window) =>
        contexts.ContainsKey(plan.Day)
            && plan.Quantities.All(planned => models.TryGetValue(planned.Quantity, out var model) && model.Last >= window);

    /// <summary>
    /// Moves on to a window that is about to be released and takes in what the stations have had. Returns the estimates of days that had
    /// not been closed. A window that the state has reached already changes nothing but for new station values.
    /// </summary>
    public List<Estimate> Begin(ReleasePlan plan, HourWindow window, IReadOnlyList<ReferenceValue> references)
    {
        var estimates = new List<Estimate>();
        if (!contexts.TryGetValue(plan.Day, out var context))
        {
            // A day that was never closed, because the node was down at its end, closes when the next one begins.
            estimates.AddRange(Close(new PrivacyDay(plan.Day.Date.AddDays(-1))));
            contexts[plan.Day] = context = new PlanContext(plan, activeOwners.Counts(plan));
        }
        foreach (var planned in plan.Quantities)
        {
            if (!models.TryGetValue(planned.Quantity, out var model))
                models[planned.Quantity] =
                    model = new QuantityModel(planned.Quantity, window, FirstParameters(planned.Quantity), layout, options);
            if (window > model.Last)
            {
                Adopt(model, window, context.Zone);
                model.Advance(context, window, ContextOf);
            }
        }
        var told = pendingReferences.Where(value => value.KnownFrom <= window).ToList();
        pendingReferences.RemoveRange(0, told.Count);
        foreach (var hour in told.Concat(references).GroupBy(value => (value.Quantity, value.Window)).OrderBy(hour => hour.Key.Window))
            AddStations(hour.Key.Quantity, hour.Key.Window, [.. hour]);
        return estimates;
    }

    /// <summary>
    /// Takes in a released window; returns the estimates that are new or revised. A window already taken in changes nothing.
    /// </summary>
    public List<Estimate> AddWindow(ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements)
    {
        var estimates = Begin(plan, window, []);
        var context = contexts[plan.Day];
        if (window <= context.Measured || models.Values.Any(model => model.Last > window))
            return estimates;
        context.Measured = window;
        context.Households.Begin(window);
        var byQuantity = measurements.ToLookup(measurement => measurement.Quantity);
        foreach (var planned in plan.Quantities)
        {
            var model = models[planned.Quantity];
            Measure(model, context, byQuantity[planned.Quantity]);
            model.Track(byQuantity[planned.Quantity].Any());
            if (byQuantity[planned.Quantity].Any())
                estimates.AddRange(model.Series.LiveHours(context));
        }
        // Also of quantities that are no longer in the plan.
        foreach (var model in models.Values.OrderBy(model => model.Quantity.Ordinal))
            estimates.AddRange(model.Series.FinalHours(window));
        return estimates;
    }

    /// <summary>Takes in the activity that closes a day; returns the estimates of days, weeks and months that are over or final.</summary>
    public List<Estimate> AddDay(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity)
    {
        if (contexts.TryGetValue(plan.Day, out var context))
        {
            foreach (var planned in plan.Quantities)
            {
                // Hours at the end of the day in which nothing was released are part of its mean.
                if (models.TryGetValue(planned.Quantity, out var model)
                    && model.Last < context.Windows[^1] && model.Last >= context.Windows[0])
                {
                    model.Advance(context, context.Windows[^1], ContextOf);
                    model.Track(isReleased: false);
                }
            }
        }
        if (learnt is null || plan.Day > learnt)
        {
            activeOwners.Learn(plan, activity);
            learnt = plan.Day;
        }
        return Close(plan.Day);
    }

    /// <summary>The fits that are due now. They may run elsewhere while the state is left alone.</summary>
    public IReadOnlyList<DueFit> DueFits(PrivacyDay day)
    {
        if (!options.Fitting)
            return [];
        var newest = models.Values.Select(model => model.Last).DefaultIfEmpty().Max();
        return
        [
            .. models.Values
                .Where(model => model.Last == newest && pendingVersions.All(version => version.Quantity != model.Quantity))
                .OrderBy(model => model.Quantity.Ordinal)
                .Select(model => (Model: model, Fit: FitOf(model, day)))
                .Where(due => due.Fit is not null)
                .Select(due => new DueFit(due.Model.Quantity, due.Model.Parameters, due.Fit!)),
        ];
    }

    /// <summary>The version that fitted parameters become, from the next hour on.</summary>
    public ModelVersion VersionOf(Quantity quantity, ModelParameters parameters) =>
        new(quantity, schedule.Next(quantity), models[quantity].Last.Next, parameters.Named());

    /// <summary>Uses a version from its first window on.</summary>
    public void Expect(ModelVersion version) => pendingVersions.Add(version);

    /// <summary>Takes in values when the state comes to the window from which they were known.</summary>
    /// <param name="references">In the order of <see cref="ReferenceValue.KnownFrom"/>.</param>
    public void Expect(IEnumerable<ReferenceValue> references) => pendingReferences.AddRange(references);

    void Adopt(QuantityModel model, HourWindow window, TimeZoneInfo zone)
    {
        foreach (var version in pendingVersions.Where(version => version.Quantity == model.Quantity && version.From <= window)
            .OrderBy(version => version.Number).ToList())
        {
            pendingVersions.Remove(version);
            var adopted = ModelParameters.Of(version.Quantity, version.Values);
            var closed = new PrivacyDay(PrivacyDay.Of(version.From, zone).Date.AddDays(-1));
            schedule.Done(version.Quantity, closed, version.Number, isWhole: !adopted.DiffersInRoughnessAlone(model.Parameters));
            model.Adopt(adopted);
        }
    }

    IParameterFit? FitOf(QuantityModel model, PrivacyDay day)
    {
        var hours = model.History.Hours.Count;
        if (!(day >= options.FittingEnds) && schedule.IsDue(model.Quantity, day, hours))
            return new ParameterFit(model.Quantity, model.History, layout);
        return schedule.IsRoughnessDue(model.Quantity, day, hours) ? new RoughnessFit(model.Quantity, model.History, layout) : null;
    }

    static void Measure(QuantityModel model, PlanContext context, IEnumerable<NoisyMeasurement> released)
    {
        var quantity = context.IndexOf(model.Quantity);
        var areas = context.Plan.Areas;
        var measurements = new AreaMeasurement?[areas.Length];
        foreach (var measurement in released)
        {
            var area = context.AreaIndexOf(measurement.Area);
            if (area >= 0)
                measurements[area] ??= new AreaMeasurement(context, area, quantity, measurement);
        }
        var straight = model.Measure(measurements);
        model.History.Add(model.Last, context, straight);
        for (var area = 0; area < areas.Length; area++)
        {
            if (measurements[area] is not { } measurement)
                continue;
            var value = model[new FilterKey(areas[area].Area, IsJoint: false)].Current(Signal.Inside);
            context.Households.Spend(area, quantity, value.Mean, value with { Mean = value.Mean - measurement.Baseline });
        }
    }

    void AddStations(Quantity quantity, HourWindow window, IReadOnlyCollection<ReferenceValue> values)
    {
        if (!models.TryGetValue(quantity, out var model) || !layout.HasStations)
            return;
        if (!stations.TryGetValue(quantity, out var pool))
            stations[quantity] = pool = new StationPool(quantity);
        if (pool.Add(values, model.Parameters.LocalDeviation * model.Parameters.LocalDeviation) is { } pooled)
        {
            model.MeasureStations(window, pooled);
            if (window <= model.Last)
                model.History.AddStations(window, pooled);
        }
    }

    ModelParameters FirstParameters(Quantity quantity) =>
        options.CityFactor ? ModelParameters.Prior(quantity) : ModelParameters.Prior(quantity).WithoutCity();

    PlanContext? ContextOf(HourWindow window) => contexts.Values.FirstOrDefault(context => context.Windows.Contains(window));

    /// <summary>Writes what ends with a day, and what has become final meanwhile.</summary>
    List<Estimate> Close(PrivacyDay day)
    {
        var estimates = new List<Estimate>();
        if (contexts.Count == 0)
            return estimates;
        var zone = contexts.Last().Value.Zone;
        var newest = models.Values.Max(model => model.Last);
        foreach (var model in models.Values.OrderBy(model => model.Quantity.Ordinal))
        {
            estimates.AddRange(model.Series.Close(day, zone));
            estimates.AddRange(model.Series.FinalPeriods(newest, zone));
            model.Series.Tidy();
        }
        var past = new PrivacyDay(day.Date.AddDays(-2));
        foreach (var over in contexts.Keys.Where(known => known <= past).ToList())
            contexts.Remove(over);
        return estimates;
    }
}

/// <summary>A fit to be run.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Current">Its parameters in use.</param>
/// <param name="Fit">What finds better ones.</param>
sealed record DueFit(Quantity Quantity, ModelParameters Current, IParameterFit Fit);
