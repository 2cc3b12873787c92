using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>Finds the most likely value of one factor that has a log-normal prior around 1. A golden section search.</summary>
static class FactorSearch
{
    /// <summary>Of the logarithm; no data tell more.</summary>
    const double Tolerance = 0.01;

    /// <summary>The factor's logarithm. Deterministic.</summary>
    /// <param name="priorSpread">The prior's deviation of the logarithm.</param>
    /// <param name="reach">How far from 0 the search begins, as a logarithm. It goes on beyond if the maximum lies there.</param>
    /// <param name="logLikelihood">The logarithm of the likelihood of a factor.</param>
    public static double Logarithm(double priorSpread, double reach, Func<double, double> logLikelihood) =>
        GoldenSectionMinimizer.Minimum(
            ObjectiveFunction.ScalarValue(logarithm =>
            {
                var value = 0.5 * logarithm * logarithm / (priorSpread * priorSpread) - logLikelihood(Math.Exp(logarithm));
                // So far out that arithmetic fails is as unlikely as can be.
                return double.IsFinite(value) ? value : double.MaxValue;
            }), -reach, reach, Tolerance).MinimizingPoint;
}
