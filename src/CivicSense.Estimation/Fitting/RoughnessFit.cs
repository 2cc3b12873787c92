using CivicSense.Commons;
using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>
/// Finds how many times as far as over the half year all areas lie from the city now: still air and heating make streets differ more,
/// wind makes them alike.
/// </summary>
/// <remarks>
/// The likelihood of the newest weeks, all other parameters as they are, with a log-normal prior around 1. A golden section search finds
/// its maximum.
/// </remarks>
sealed class RoughnessFit : IParameterFit
{
    /// <summary>How many days it is fitted to: as many as a node that has begun anew knows again.</summary>
    public const int Days = NeighbourhoodEstimator.RestoredDays;

    /// <summary>
    /// The prior's deviation of the logarithm. Monthly deviations of areas from their city change by a factor of two within a year
    /// (docs/decisions/0026-season.md).
    /// </summary>
    const double PriorSpread = 0.25;

    /// <summary>Two deviations. Farther out no month was, and whatever scatters for another reason would pass for the season.</summary>
    const double Limit = 2 * PriorSpread;

    /// <summary>Of the logarithm; no data tell more.</summary>
    const double Tolerance = 0.01;

    readonly CompositeLikelihood likelihood;
    readonly bool isAlone;

    public RoughnessFit(Quantity quantity, FitHistory history, StateLayout layout)
    {
        var replay = new FitReplay(quantity, history, layout, Days * 24);
        likelihood = new CompositeLikelihood(replay);
        // One area alone cannot be told from the city.
        isAlone = replay.Leading < 2;
    }

    /// <inheritdoc/>
    public ModelParameters Run(ModelParameters current, CancellationToken cancellationToken)
    {
        var even = current with { Roughness = 1 };
        if (isAlone)
            return even;
        likelihood.Weigh(even);
        var search = GoldenSectionMinimizer.Minimum(
            ObjectiveFunction.ScalarValue(logarithm =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return NegativeLogPosterior(even, logarithm);
            }), -Limit, Limit, Tolerance);
        // The search goes on beyond where it begins if the maximum lies there.
        return even with { Roughness = Math.Exp(Math.Clamp(search.MinimizingPoint, -Limit, Limit)) };
    }

    double NegativeLogPosterior(ModelParameters even, double logarithm)
    {
        var value = 0.5 * logarithm * logarithm / (PriorSpread * PriorSpread)
            - likelihood.Of(even with { Roughness = Math.Exp(logarithm) });
        // So far out that arithmetic fails is as unlikely as can be.
        return double.IsFinite(value) ? value : double.MaxValue;
    }
}
