using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Smooths a day of one quantity into estimates.</summary>
static class DaySummaries
{
    /// <summary>The estimates of one day: the day itself, and its hours too where they become final.</summary>
    public static List<Estimate> Of(QuantityModel model, PlanContext context, EstimateStatus status)
    {
        var result = new List<Estimate>();
        var day = context.Plan.Day;
        if (!model.Knows(AreaKey(context, 0)))
            return result;
        var history = model[AreaKey(context, 0)].History;
        var hours = history.Where(step => step.Hour.Plan?.Day == day).Select(step => step.Hour).ToList();
        if (hours.Count == 0)
            return result;

        var areas = new Moments[context.Plan.Areas.Length][];
        for (var area = 0; area < areas.Length; area++)
            areas[area] = Smooth(model[AreaKey(context, area)], day).Hours;
        var values = new Moments[hours.Count][];
        for (var hour = 0; hour < values.Length; hour++)
            values[hour] = Array.ConvertAll(areas, area => area[hour]);

        foreach (var node in context.Nodes)
        {
            var filter = model[node.Key];
            var (first, smoothed) = Smooth(filter, day);
            var summaries = new NodeHour[smoothed.Length];
            for (var hour = 0; hour < summaries.Length; hour++)
                summaries[hour] = NodeHour.Of(node, model.Quantity, smoothed[hour], values[hour], context.Owners);
            // An hour in which nothing was released counts in the day's mean, but is not shown.
            for (var hour = 0; status == EstimateStatus.Final && hour < summaries.Length; hour++)
            {
                if (hours[hour].IsReleased)
                    result.Add(Publication.Hour(node, model.Quantity, hours[hour].Window, summaries[hour], status));
            }
            result.Add(Day(node, context, filter, model.Quantity, first, summaries, status));
        }
        return result;
    }

    static FilterKey AreaKey(PlanContext context, int area) => new(context.Plan.Areas[area].Area, IsJoint: false);

    static (int First, Moments[] Hours) Smooth(AreaFilter filter, PrivacyDay day)
    {
        var first = filter.History.FindIndex(step => step.Hour.Plan?.Day == day);
        var last = filter.History.FindLastIndex(step => step.Hour.Plan?.Day == day);
        return (first, new Smoother(filter).Hours(first, last));
    }

    static Estimate Day(
        SummaryNode node, PlanContext context, AreaFilter filter, Quantity quantity, int first, NodeHour[] hours, EstimateStatus status)
    {
        var shares = new double[hours.Length];
        Array.Fill(shares, 1.0 / hours.Length);
        // A concentration's hourly mean already is that of the expected value; for sound the uncertain exponent still counts.
        var variances = Array.ConvertAll(hours, hour => quantity.IsLogarithmic ? 0 : hour.Variance);
        var slopes = new double[hours.Length];
        var mean = PowerMean.Of(Array.ConvertAll(hours, hour => hour.Mean), variances, shares, NodeHour.AcrossHours(quantity), slopes);
        return Publication.Day(node, context, quantity, hours, mean, new Smoother(filter).Variance(first, slopes), status);
    }
}
