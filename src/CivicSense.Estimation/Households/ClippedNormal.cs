using MathNet.Numerics;

namespace CivicSense.Estimation;

/// <summary>The first two moments of a normal variable clamped to [-limit, limit]: what a household's clipping does on average.</summary>
static class ClippedNormal
{
    /// <summary>The expected clamped value.</summary>
    public static double Mean(double mean, double deviation, double limit)
    {
        var low = (-limit - mean) / deviation;
        var high = (limit - mean) / deviation;
        // The usual case, far from both ends, costs no error function.
        if (low < -6 && high > 6)
            return mean;
        var (below, above) = (Cumulative(low), Cumulative(-high));
        return limit * (above - below) + mean * (1 - below - above) + deviation * (Density(low) - Density(high));
    }

    /// <summary>The expected square of the clamped value.</summary>
    public static double Square(double mean, double deviation, double limit)
    {
        var low = (-limit - mean) / deviation;
        var high = (limit - mean) / deviation;
        var (below, above) = (Cumulative(low), Cumulative(-high));
        var (densityLow, densityHigh) = (Density(low), Density(high));
        var second = limit * limit * (above + below) + (mean * mean + deviation * deviation) * (1 - below - above)
            + 2 * mean * deviation * (densityLow - densityHigh) + deviation * deviation * (low * densityLow - high * densityHigh);
        return Math.Max(0, second);
    }

    static double Cumulative(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
}
