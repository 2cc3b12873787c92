using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Everything the estimator knows, and how each release changes it. Not safe for concurrent use; a pure function of the releases.
/// </summary>
sealed class NeighbourhoodState
{
    readonly Dictionary<Quantity, QuantityModel> models = [];
    readonly SortedDictionary<PrivacyDay, PlanContext> contexts = [];
    readonly ActiveOwners activeOwners = new();
    PrivacyDay? closed;

    /// <summary>What this state predicts. Immutable: stays as it is when the state moves on.</summary>
    public NeighbourhoodForecast Forecast() => new(models.Values.ToDictionary(model => model.Quantity, model => model.Forecast()));

    /// <summary>
    /// Takes in a released window; returns the estimates that are new or revised. A window already taken in changes nothing.
    /// </summary>
    public List<Estimate> AddWindow(ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements)
    {
        var estimates = new List<Estimate>();
        if (!contexts.TryGetValue(plan.Day, out var context))
        {
            // A day that was never closed, because the node was down at its end, closes when the next one begins.
            estimates.AddRange(Close(new PrivacyDay(plan.Day.Date.AddDays(-1))));
            contexts[plan.Day] = context = new PlanContext(plan, activeOwners.Counts(plan));
        }
        foreach (var ofQuantity in measurements.GroupBy(measurement => measurement.Quantity))
        {
            var quantity = context.IndexOf(ofQuantity.Key);
            if (quantity < 0)
                continue;
            if (!models.TryGetValue(ofQuantity.Key, out var model))
                models[ofQuantity.Key] = model = new QuantityModel(ofQuantity.Key, window);
            if (window > model.Last)
                estimates.AddRange(AddQuantity(model, context, quantity, window, ofQuantity));
        }
        return estimates;
    }

    /// <summary>Takes in the activity that closes a day; returns the estimates of closed and of final days.</summary>
    public List<Estimate> AddDay(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity)
    {
        if (contexts.TryGetValue(plan.Day, out var context))
        {
            foreach (var model in models.Values)
            {
                // Hours at the end of the day in which nothing was released are part of its mean.
                if (model.Last < context.Windows[^1] && model.Last >= context.Windows[0])
                    model.Advance(context, context.Windows[^1], ContextOf);
            }
        }
        activeOwners.Learn(plan, activity);
        return Close(plan.Day);
    }

    List<Estimate> AddQuantity(QuantityModel model, PlanContext context, int quantity, HourWindow window, IEnumerable<NoisyMeasurement> released)
    {
        var areas = context.Plan.Areas;
        var hour = model.Advance(context, window, ContextOf);
        hour.IsReleased = true;
        var measurements = new AreaMeasurement?[areas.Length];
        foreach (var measurement in released)
        {
            var area = context.AreaIndexOf(measurement.Area);
            if (area >= 0)
                measurements[area] ??= new AreaMeasurement(context, area, quantity, measurement);
        }
        model.Measure(measurements);

        var values = new Moments[areas.Length];
        for (var area = 0; area < areas.Length; area++)
        {
            values[area] = model[new FilterKey(areas[area].Area, IsJoint: false)].Current();
            if (measurements[area] is { } measurement)
                context.Households.Spend(area, quantity, values[area].Mean - measurement.Baseline, values[area].Variance);
        }
        return [.. context.Nodes.Select(node => Publication.Hour(
            node, model.Quantity, window, NodeHour.Of(node, model.Quantity, model[node.Key].Current(), values, context.Owners), EstimateStatus.Live))];
    }

    PlanContext? ContextOf(HourWindow window) => contexts.Values.FirstOrDefault(context => context.Windows.Contains(window));

    /// <summary>
    /// Writes the mean of every day up to <paramref name="day"/> once it is over, and everything about a day once two more are over.
    /// </summary>
    List<Estimate> Close(PrivacyDay day)
    {
        var estimates = new List<Estimate>();
        var finalDay = new PrivacyDay(day.Date.AddDays(-2));
        foreach (var (past, context) in contexts.Where(entry => entry.Key <= day).ToList())
        {
            var status = past <= finalDay ? EstimateStatus.Final : EstimateStatus.Live;
            if (status == EstimateStatus.Live && past <= closed)
                continue;
            foreach (var model in models.Values.OrderBy(model => model.Quantity.Ordinal))
                estimates.AddRange(DaySummaries.Of(model, context, status));
            if (status == EstimateStatus.Final)
                contexts.Remove(past);
        }
        if (closed is null || closed < day)
            closed = day;
        var oldest = contexts.Count == 0 ? new HourWindow(long.MaxValue) : contexts.First().Value.Windows[0];
        foreach (var model in models.Values)
            model.Forget(step => step.Hour.Plan is { } plan ? plan.Day <= finalDay : step.Hour.Window < oldest);
        return estimates;
    }
}
