using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// How estimates compare with the truth: share inside the 95 % interval, mean absolute error, and mean error (above the truth is positive).
/// </summary>
sealed record Score(int Count, double Coverage, double Error, double Bias)
{
    public static Score Of(
        SimulatedNeighbourhood simulation, Resolution resolution, EstimateStatus status, Func<Estimate, bool>? filter = null,
        int warmUpHours = 48) =>
        Of([simulation], resolution, status, filter, warmUpHours);

    /// <summary>Over several neighbourhoods: what is left to chance in one of them averages out.</summary>
    public static Score Of(
        IReadOnlyCollection<SimulatedNeighbourhood> simulations, Resolution resolution, EstimateStatus status,
        Func<Estimate, bool>? filter = null, int warmUpHours = 48)
    {
        var chosen = new List<(Estimate Estimate, double Truth)>();
        foreach (var simulation in simulations)
        {
            var from = simulation.Commons.Plans.First().Value.FirstWindow.Start.AddHours(warmUpHours);
            foreach (var estimate in simulation.Commons.Written)
            {
                if (estimate.Resolution == resolution && estimate.Status == status && estimate.Start >= from
                    && (filter?.Invoke(estimate) ?? true)
                    && simulation.Truth.TryGetValue(Key(estimate), out var truth))
                    chosen.Add((estimate, truth));
            }
        }
        return new Score(
            chosen.Count,
            chosen.Average(pair => pair.Truth >= pair.Estimate.Lower && pair.Truth <= pair.Estimate.Upper ? 1.0 : 0.0),
            chosen.Average(pair => Math.Abs(pair.Estimate.Value - pair.Truth)),
            chosen.Average(pair => pair.Estimate.Value - pair.Truth));
    }

    public static (Area, Quantity, Resolution, DateTimeOffset) Key(Estimate estimate) =>
        (estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start);

    public override string ToString() => FormattableString.Invariant($"n={Count} coverage={Coverage:P1} mae={Error:F3} bias={Bias:F3}");
}
