using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Keeps what the estimator says about the release areas.</summary>
/// <remarks>
/// What counts as live is what is said last before the hour after the period's end is released: what a person sees then. What is written
/// as live later does not count.
/// </remarks>
sealed class EstimateRecorder : IEstimateStore
{
    readonly Quantity quantity;
    readonly Dictionary<Area, int> areas;
    readonly Dictionary<(Resolution Resolution, DateTimeOffset Start, DateTimeOffset End), int> periods = [];

    /// <summary>Records the estimates of a quantity in some areas.</summary>
    public EstimateRecorder(Quantity quantity, Calendar calendar, IReadOnlyList<Area> areas)
    {
        this.quantity = quantity;
        this.areas = areas.Select((area, index) => KeyValuePair.Create(area, index)).ToDictionary();
        foreach (var resolution in PeriodMeans.Resolutions)
        {
            var all = calendar.Periods(resolution);
            for (var period = 0; period < all.Count; period++)
                periods.Add((resolution, all[period].Start, all[period].End), period);
        }
        Live = new Answers(calendar, areas.Count);
        Final = new Answers(calendar, areas.Count);
    }

    /// <summary>The window that is being released.</summary>
    public HourWindow Now { get; set; }

    /// <summary>What was said at once.</summary>
    public Answers Live { get; }

    /// <summary>What was said in the end.</summary>
    public Answers Final { get; }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken)
    {
        foreach (var estimate in estimates)
        {
            if (estimate.Quantity != quantity || !areas.TryGetValue(estimate.Area, out var area)
                || !periods.TryGetValue((estimate.Resolution, estimate.Start, estimate.End), out var period))
                continue;
            var answer = new Answer(estimate.Value, estimate.StandardError, estimate.Lower, estimate.Upper);
            if (estimate.Status == EstimateStatus.Final)
                Final[estimate.Resolution][area][period] = answer;
            else if (estimate.End >= Now.End || double.IsNaN(Live[estimate.Resolution][area][period].Value))
                Live[estimate.Resolution][area][period] = answer;
        }
        return ValueTask.CompletedTask;
    }
}
