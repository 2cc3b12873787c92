using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Finds how many times as far as the others one area lies from the city: streets and instruments differ in kind.</summary>
/// <param name="replay">What the areas have shown.</param>
/// <param name="area">The area's number in it.</param>
/// <param name="worth">What one measurement counts for beside the prior.</param>
/// <remarks>
/// The likelihood of what the area says of itself, all else as it is, with a log-normal prior around 1.
/// </remarks>
sealed class AreaFactorFit(FitReplay replay, int area, double worth)
{
    /// <summary>
    /// The prior's deviation of the logarithm. In the first halves of fourteen fields that of the areas' hourly deviations is 0.15 to 0.44
    /// (docs/estimation.md, "The model").
    /// </summary>
    const double PriorSpread = 0.3;

    /// <summary>Where the search begins: as wide as four deviations.</summary>
    const double Reach = 4 * PriorSpread;

    /// <summary>The factor beside these parameters. Deterministic.</summary>
    public double Run(ModelParameters parameters) =>
        Math.Exp(FactorSearch.Logarithm(PriorSpread, Reach, factor => LogLikelihood(parameters, factor)));

    double LogLikelihood(ModelParameters parameters, double factor)
    {
        var candidate = parameters with { AreaFactors = parameters.AreaFactors.SetItem(replay.Areas[area], factor) };
        var sum = 0.0;
        replay.Run(candidate, excess: 1, area, (filter, signal, measured) =>
        {
            var likelihood = filter.Update(signal, measured);
            if (signal == Signal.Inside)
                sum += likelihood;
        });
        return worth * sum;
    }
}
