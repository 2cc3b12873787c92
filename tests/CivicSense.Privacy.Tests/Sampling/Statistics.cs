using MathNet.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>Goodness-of-fit tests with a false-positive rate of 1e-6 each.</summary>
static class Statistics
{
    public const double FalsePositiveRate = 1e-6;

    /// <summary>Pearson's chi-square test of counts against expected counts, all of which should be at least about ten.</summary>
    public static void AssertChiSquare(IReadOnlyList<double> counts, IReadOnlyList<double> expected)
    {
        var statistic = counts.Zip(expected, (count, mean) => (count - mean) * (count - mean) / mean).Sum();
        if (counts.Count > 1)
        {
            var p = SpecialFunctions.GammaUpperRegularized((counts.Count - 1) / 2d, statistic / 2);
            Assert.True(p > FalsePositiveRate, $"chi-square {statistic:F1} with {counts.Count - 1} degrees of freedom, p = {p:E2}");
        }
    }

    /// <summary>
    /// The Kolmogorov-Smirnov bound (Dvoretzky, Kiefer, Wolfowitz; Massart's constant), which is conservative for discrete laws.
    /// </summary>
    public static void AssertKolmogorovSmirnov(double largestDistance, int samples)
    {
        var critical = Math.Sqrt(Math.Log(2 / FalsePositiveRate) / 2);
        Assert.True(largestDistance * Math.Sqrt(samples) < critical, $"KS sqrt(n) D = {largestDistance * Math.Sqrt(samples):F3}, bound {critical:F3}");
    }
}
