using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Everything the estimator knows, and how each release changes it. Not safe for concurrent use; a pure function of the releases.</summary>
sealed class NeighbourhoodState
{
    readonly Dictionary<Quantity, QuantityFilter> filters = [];
    readonly SortedDictionary<PrivacyDay, PlanContext> contexts = [];
    readonly ActiveOwners activeOwners = new();
    PrivacyDay? closed;

    public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
    {
        var zone = contexts.TryGetValue(plan.Day, out var context) ? context.Zone : TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone);
        for (var quantity = 0; quantity < plan.Quantities.Length; quantity++)
        {
            var planned = plan.Quantities[quantity].Quantity;
            var known = filters.TryGetValue(planned, out var filter) ? filter.Predict(plan, window, zone) : null;
            for (var area = 0; area < plan.Areas.Length; area++)
            {
                baselines[plan.KeyIndex(area, quantity)] =
                    known is null ? QuantityFilter.PriorPrediction(planned) : planned.FromModelScale(known[area]);
            }
        }
    }

    /// <summary>Takes in a released window; returns the estimates that are new or revised. A window already taken in changes nothing.</summary>
    public List<Estimate> AddWindow(ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements)
    {
        var estimates = new List<Estimate>();
        if (!contexts.TryGetValue(plan.Day, out var context))
        {
            // A day that was never closed, because the node was down at its end, closes when the next one begins.
            estimates.AddRange(Close(new PrivacyDay(plan.Day.Date.AddDays(-1))));
            contexts[plan.Day] = context = new PlanContext(plan);
        }
        var owners = activeOwners.Counts(plan);
        foreach (var ofQuantity in measurements.GroupBy(measurement => measurement.Quantity))
        {
            var quantity = context.IndexOf(ofQuantity.Key);
            if (quantity < 0)
                continue;
            if (!filters.TryGetValue(ofQuantity.Key, out var filter))
                filters[ofQuantity.Key] = filter = new QuantityFilter(ofQuantity.Key, plan, window, owners);
            if (window > filter.Last)
                estimates.AddRange(AddQuantity(filter, context, quantity, window, owners, ofQuantity));
        }
        return estimates;
    }

    /// <summary>Takes in the activity that closes a day; returns the estimates of closed and of final days.</summary>
    public List<Estimate> AddDay(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity)
    {
        if (contexts.TryGetValue(plan.Day, out var context))
        {
            var owners = activeOwners.Counts(plan);
            foreach (var filter in filters.Values)
            {
                // Hours at the end of the day in which nothing was released are part of its mean.
                if (filter.Last < context.Windows[^1] && filter.History.Count > 0 && filter.History[^1].Plan?.Day == plan.Day)
                    filter.Advance(context.Plan, context.Windows[^1], context.Zone, owners, _ => context.Plan);
            }
        }
        activeOwners.Learn(plan, activity);
        return Close(plan.Day);
    }

    IEnumerable<Estimate> AddQuantity(
        QuantityFilter filter, PlanContext context, int quantity, HourWindow window, OwnerCount[] owners, IEnumerable<NoisyMeasurement> measurements)
    {
        var plan = context.Plan;
        var planned = plan.Quantities[quantity];
        var step = filter.Advance(plan, window, context.Zone, owners, PlanOf);
        var baselines = new double?[plan.Areas.Length];
        foreach (var measurement in measurements)
        {
            var area = step.Layout.Areas.IndexOf(measurement.Area);
            if (area < 0 || baselines[area] is not null)
                continue;
            var baseline = planned.Quantity.ToModelScale(measurement.Baseline);
            baselines[area] = baseline;
            var scale = planned.Weight * owners[area].Mean;
            var measured = measurement.Value / (plan.Grid * scale);
            var noise = plan.Sigma / scale * (plan.Sigma / scale);
            var response = context.Households.Response(area, quantity);
            filter.Update(step, area, (mean, variance) =>
            {
                var (residual, left) = ResidualPosterior.Moments(mean - baseline, variance, measured, noise, owners[area].Relative, response);
                return (baseline + residual, left);
            });
        }

        var moments = filter.Filtered();
        for (var area = 0; area < baselines.Length; area++)
        {
            if (baselines[area] is { } baseline)
                context.Households.Spend(area, quantity, moments.Mean[area] - baseline, moments.Covariance[area, area]);
        }
        return context.Nodes.Select(node =>
            Publication.Hour(node, filter.Quantity, window, NodeHour.Of(node, filter.Quantity, moments, owners), EstimateStatus.Live));
    }

    ReleasePlan? PlanOf(HourWindow window) =>
        contexts.Values.FirstOrDefault(context => context.Windows.Contains(window))?.Plan;

    /// <summary>Writes the mean of every day up to <paramref name="day"/> once it is over, and everything about a day once two more are over.</summary>
    List<Estimate> Close(PrivacyDay day)
    {
        var estimates = new List<Estimate>();
        var finalDay = new PrivacyDay(day.Date.AddDays(-2));
        foreach (var (past, context) in contexts.Where(entry => entry.Key <= day).ToList())
        {
            var status = past <= finalDay ? EstimateStatus.Final : EstimateStatus.Live;
            if (status == EstimateStatus.Live && past <= closed)
                continue;
            foreach (var filter in filters.Values.OrderBy(filter => filter.Quantity.Ordinal))
                estimates.AddRange(DaySummaries.Of(filter, context, status));
            if (status == EstimateStatus.Final)
                contexts.Remove(past);
        }
        if (closed is null || closed < day)
            closed = day;
        foreach (var filter in filters.Values)
            filter.History.RemoveAll(step => step.Plan is { } plan ? plan.Day <= finalDay : step.Window < OldestKept());
        return estimates;
    }

    HourWindow OldestKept() => contexts.Count == 0 ? new HourWindow(long.MaxValue) : contexts.First().Value.Windows[0];
}
