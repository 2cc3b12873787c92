using MathNet.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>Goodness-of-fit tests with a false-positive rate of 1e-6 each.</summary>
static class Statistics
{
    public const double FalsePositiveRate = 1e-6;

    /// <summary>
    /// The least mean of a bin. Counts are Poisson rather than normal: with one bin of mean 100 against the rest, where the difference is
    /// largest, the chi-square law's quantile of 2.5e-7 is exceeded with probability 8.1e-7.
    /// </summary>
    public const double LeastMean = 100;

    const double ChiSquareRate = FalsePositiveRate / 4;

    /// <summary>
    /// Pearson's chi-square test of counts against expected counts. Bins next to each other are joined until <see cref="LeastMean"/> is
    /// expected of each.
    /// </summary>
    public static void AssertChiSquare(IReadOnlyList<double> counts, IReadOnlyList<double> expected)
    {
        Assert.Equal(expected.Count, counts.Count);
        var bins = Joined(counts, expected);
        if (counts.Count == 1)
        {
            Assert.Equal(expected[0], counts[0], tolerance: 1e-6);
            return;
        }

        Assert.True(bins.Count > 1, "A chi-square test needs at least two bins.");
        var statistic = bins.Sum(bin => (bin.Count - bin.Mean) * (bin.Count - bin.Mean) / bin.Mean);
        var p = SpecialFunctions.GammaUpperRegularized((bins.Count - 1) / 2d, statistic / 2);
        Assert.True(p > ChiSquareRate, $"chi-square {statistic:F1} with {bins.Count - 1} degrees of freedom, p = {p:E2}");
    }

    static List<(double Count, double Mean)> Joined(IReadOnlyList<double> counts, IReadOnlyList<double> expected)
    {
        var bins = new List<(double Count, double Mean)>();
        var (count, mean) = (0d, 0d);
        for (var i = 0; i < counts.Count; i++)
        {
            (count, mean) = (count + counts[i], mean + expected[i]);
            if (mean >= LeastMean)
            {
                bins.Add((count, mean));
                (count, mean) = (0, 0);
            }
        }

        if (bins.Count > 0)
            bins[^1] = (bins[^1].Count + count, bins[^1].Mean + mean);

        return bins;
    }

    /// <summary>
    /// The Kolmogorov-Smirnov bound (Dvoretzky, Kiefer, Wolfowitz; Massart's constant), which is conservative for discrete laws.
    /// </summary>
    public static void AssertKolmogorovSmirnov(double largestDistance, int samples)
    {
        var critical = Math.Sqrt(Math.Log(2 / FalsePositiveRate) / 2);
        var distance = largestDistance * Math.Sqrt(samples);
        Assert.True(distance < critical, $"KS sqrt(n) D = {distance:F3}, bound {critical:F3}");
    }
}
