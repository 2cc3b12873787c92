using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>How estimates compare with the truth: share inside the 95 % interval and mean absolute error.</summary>
sealed record Score(int Count, double Coverage, double Error)
{
    public static Score Of(
        SimulatedNeighbourhood simulation, Resolution resolution, EstimateStatus status, Func<Estimate, bool>? filter = null, int warmUpHours = 48)
    {
        var from = simulation.Commons.Plans.First().Value.FirstWindow.Start.AddHours(warmUpHours);
        var chosen = simulation.Commons.Written
            .Where(estimate => estimate.Resolution == resolution && estimate.Status == status && estimate.Start >= from && (filter?.Invoke(estimate) ?? true))
            .Where(estimate => simulation.Truth.ContainsKey(Key(estimate))).ToList();
        return new Score(
            chosen.Count,
            chosen.Average(estimate => simulation.Truth[Key(estimate)] is var truth && truth >= estimate.Lower && truth <= estimate.Upper ? 1.0 : 0.0),
            chosen.Average(estimate => Math.Abs(estimate.Value - simulation.Truth[Key(estimate)])));
    }

    public static (Area, Quantity, Resolution, DateTimeOffset) Key(Estimate estimate) =>
        (estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start);

    public override string ToString() => FormattableString.Invariant($"n={Count} coverage={Coverage:P1} mae={Error:F3}");
}
