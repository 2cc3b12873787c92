using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Compares estimates with those stored.</summary>
static class MissingEstimates
{
    /// <summary>Those of <paramref name="estimates"/> that are not stored, or are final and stored only as live.</summary>
    public static async ValueTask<List<Estimate>> FindAsync(
        ICommons commons, IEnumerable<Estimate> estimates, CancellationToken cancellationToken)
    {
        var missing = new List<Estimate>();
        foreach (var series in estimates.GroupBy(estimate => (estimate.Area, estimate.Quantity, estimate.Resolution)))
        {
            var query = new EstimateQuery(
                series.Key.Area, series.Key.Quantity, series.Key.Resolution,
                series.Min(estimate => estimate.Start), series.Max(estimate => estimate.Start).AddTicks(1), int.MaxValue);
            var stored = new Dictionary<DateTimeOffset, EstimateStatus>();
            foreach (var estimate in await commons.ReadEstimatesAsync(query, cancellationToken))
                stored[estimate.Start] = estimate.Status;
            missing.AddRange(series.Where(estimate =>
                !stored.TryGetValue(estimate.Start, out var status)
                    || (status == EstimateStatus.Live && estimate.Status == EstimateStatus.Final)));
        }
        return missing;
    }
}
