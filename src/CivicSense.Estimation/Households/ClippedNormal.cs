using MathNet.Numerics;

namespace CivicSense.Estimation;

/// <summary>The first two moments of a normal variable clamped to [-limit, limit]: what a household's clipping does on average.</summary>
static class ClippedNormal
{
    public static (double Mean, double Square) Moments(double mean, double deviation, double limit)
    {
        var low = (-limit - mean) / deviation;
        var high = (limit - mean) / deviation;
        var (below, above) = (Cumulative(low), Cumulative(-high));
        var inside = 1 - below - above;
        var (densityLow, densityHigh) = (Density(low), Density(high));
        var first = limit * (above - below) + mean * inside + deviation * (densityLow - densityHigh);
        var second = limit * limit * (above + below) + (mean * mean + deviation * deviation) * inside
            + 2 * mean * deviation * (densityLow - densityHigh) + deviation * deviation * (low * densityLow - high * densityHigh);
        return (first, Math.Max(0, second));
    }

    static double Cumulative(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
}
