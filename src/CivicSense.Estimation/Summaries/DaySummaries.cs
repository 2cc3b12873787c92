using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Smooths the days in one filter's history into estimates.</summary>
static class DaySummaries
{
    /// <summary>The estimates of one day: the day itself, and its hours too where they become final.</summary>
    public static IEnumerable<Estimate> Of(QuantityFilter filter, PlanContext context, EstimateStatus status)
    {
        var history = filter.History;
        var first = history.FindIndex(step => step.Plan?.Day == context.Plan.Day);
        var last = history.FindLastIndex(step => step.Plan?.Day == context.Plan.Day);
        if (first < 0)
            return [];

        var smoother = new Smoother(filter);
        var moments = smoother.Hours(first, last);
        var hours = new NodeHour[moments.Length][];
        for (var hour = 0; hour < hours.Length; hour++)
            hours[hour] = [.. context.Nodes.Select(node => NodeHour.Of(node, filter.Quantity, moments[hour], history[first + hour].Owners))];

        var result = new List<Estimate>();
        if (status == EstimateStatus.Final)
        {
            for (var hour = 0; hour < hours.Length; hour++)
            {
                // An hour in which nothing was released counts in the day's mean, but is not shown.
                if (history[first + hour].Updates.Count == 0)
                    continue;
                for (var node = 0; node < context.Nodes.Length; node++)
                    result.Add(Publication.Hour(context.Nodes[node], filter.Quantity, history[first + hour].Window, hours[hour][node], status));
            }
        }
        AddDays(result, smoother, filter.Quantity, context, first, hours, status);
        return result;
    }

    static void AddDays(
        List<Estimate> result, Smoother smoother, Quantity quantity, PlanContext context, int first, NodeHour[][] hours, EstimateStatus status)
    {
        var nodes = context.Nodes.Length;
        var means = new double[nodes];
        var weights = new double[hours.Length][][];
        for (var hour = 0; hour < hours.Length; hour++)
            weights[hour] = new double[nodes][];
        var shares = new double[hours.Length];
        Array.Fill(shares, 1.0 / hours.Length);
        var rate = NodeHour.AcrossHours(quantity);
        for (var node = 0; node < nodes; node++)
        {
            var values = Array.ConvertAll(hours, hour => hour[node].Mean);
            // A concentration's hourly mean already is that of the expected value; for sound the uncertain exponent still counts.
            var variances = Array.ConvertAll(hours, hour => quantity.IsLogarithmic ? 0 : hour[node].Variance);
            var slopes = new double[hours.Length];
            means[node] = PowerMean.Of(values, variances, shares, rate, slopes);
            for (var hour = 0; hour < hours.Length; hour++)
                weights[hour][node] = Array.ConvertAll(hours[hour][node].Gradient, slope => slope * slopes[hour]);
        }
        var joint = smoother.Variances(first, weights);
        for (var node = 0; node < nodes; node++)
        {
            result.Add(Publication.Day(
                context.Nodes[node], context, quantity, Array.ConvertAll(hours, hour => hour[node]), means[node], Math.Max(joint[node], 0), status));
        }
    }
}
