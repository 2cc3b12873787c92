using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Finds how many times as far as over the half year all areas lie from the city now: still air and heating make streets differ more,
/// wind makes them alike.
/// </summary>
/// <remarks>
/// The <see cref="CompositeLikelihood"/> of the newest weeks, all other parameters as they are, with a log-normal prior around 1.
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

    /// <summary>Of the logarithm, two deviations: whatever else scatters would pass for the season.</summary>
    const double Limit = 2 * PriorSpread;

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
        var logarithm = FactorSearch.Logarithm(PriorSpread, Limit, factor =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return likelihood.Of(even with { Roughness = factor });
        });
        return even with { Roughness = Math.Exp(Math.Clamp(logarithm, -Limit, Limit)) };
    }
}
