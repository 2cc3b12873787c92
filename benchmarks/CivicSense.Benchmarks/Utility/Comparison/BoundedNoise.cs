using CivicSense.Privacy;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Exact Laplace noise from the operating system for sums to which one household adds at most <see cref="Bound"/>.</summary>
/// <param name="epsilon">The whole budget.</param>
/// <param name="window">Into how many time steps it is divided: w.</param>
sealed class BoundedNoise(decimal epsilon, int window)
{
    /// <summary>The largest value of one household that is counted, in ug/m3. The least is 0.</summary>
    public const double MostValue = 200;

    /// <summary>Grid steps in one ug/m3.</summary>
    public const int Grid = 1000;

    /// <summary>The most that one household adds to a sum, in grid steps.</summary>
    public const long Bound = (long)MostValue * Grid;

    readonly Dictionary<int, DiscreteLaplace> samplers = [];

    /// <summary>Into how many time steps the budget is divided.</summary>
    public int Window => window;

    /// <summary>One draw that costs so many units of epsilon / (2 w).</summary>
    public long Draw(int units)
    {
        if (!samplers.TryGetValue(units, out var sampler))
            samplers[units] = sampler = new DiscreteLaplace(Scale(units));
        return (long)sampler.Sample();
    }

    /// <summary>The scale of that draw in grid steps.</summary>
    public Rational Scale(int units) => Rational.FromInt64(Bound * 2 * window) / (Rational.FromDecimal(epsilon) * units);

    /// <summary>Its standard deviation in grid steps; the difference from that of the continuous law is far below one step.</summary>
    public double Deviation(int units) => Math.Sqrt(2) * Scale(units).ToDouble();
}
