using CivicSense.Commons;
using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>Finds how many times as far as the others one area lies from the city: streets and instruments differ in kind.</summary>
/// <param name="replay">What the areas have shown.</param>
/// <param name="area">The area's number in it.</param>
/// <param name="worth">What one measurement counts for beside the prior.</param>
/// <remarks>
/// The likelihood of what the area says of itself, all else as it is, with a log-normal prior around 1. A golden section search finds its
/// maximum.
/// </remarks>
sealed class AreaFactorFit(FitReplay replay, int area, double worth)
{
    /// <summary>
    /// The prior's deviation of the logarithm. In the first halves of fourteen fields that of the areas' hourly deviations is 0.15 to 0.44
    /// (docs/estimation.md, "The model").
    /// </summary>
    const double PriorSpread = 0.3;

    /// <summary>Where the search begins: as wide as four deviations.</summary>
    const double Limit = 4 * PriorSpread;

    /// <summary>Of the logarithm; no data tell more.</summary>
    const double Tolerance = 0.01;

    /// <summary>The factor beside these parameters. Deterministic.</summary>
    public double Run(ModelParameters parameters)
    {
        var search = GoldenSectionMinimizer.Minimum(
            ObjectiveFunction.ScalarValue(logarithm => NegativeLogPosterior(parameters, logarithm)), -Limit, Limit, Tolerance);
        return Math.Exp(search.MinimizingPoint);
    }

    double NegativeLogPosterior(ModelParameters parameters, double logarithm)
    {
        var candidate = parameters with { AreaFactors = parameters.AreaFactors.SetItem(replay.Areas[area], Math.Exp(logarithm)) };
        var sum = 0.0;
        replay.Run(candidate, excess: 1, area, (filter, signal, measured) =>
        {
            var likelihood = filter.Update(signal, measured);
            if (signal == Signal.Inside)
                sum += likelihood;
        });
        var value = 0.5 * logarithm * logarithm / (PriorSpread * PriorSpread) - worth * sum;
        // So far out that arithmetic fails is as unlikely as can be.
        return double.IsFinite(value) ? value : double.MaxValue;
    }
}
