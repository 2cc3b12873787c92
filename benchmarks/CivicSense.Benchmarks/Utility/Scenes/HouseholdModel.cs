using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace CivicSense.Benchmarks.Utility;

/// <summary>What one synthetic household measures, given the air around it.</summary>
/// <remarks>
/// <para>value = air * exp(bias + deviation + noise), all normal: the bias has standard deviation 0.15 and never changes, the deviation is
/// an AR(1) process with coefficient 0.8 and stationary standard deviation 0.15, the noise is white with 0.10.</para>
/// <para>With spikes, one hour in a hundred starts an episode of 1 to 4 hours, each as likely, that adds a log-normal amount with median
/// 20 ug/m3 and log standard deviation 0.7: somebody grills or lights a stove. Episodes may overlap.</para>
/// <para>The household of a number is the same however many there are, and the same but for its episodes with and without spikes.</para>
/// </remarks>
static class HouseholdModel
{
    /// <summary>Standard deviation of the constant log bias.</summary>
    public const double BiasDeviation = 0.15;

    /// <summary>Stationary standard deviation of the AR(1) log deviation.</summary>
    public const double DriftDeviation = 0.15;

    /// <summary>Coefficient of the AR(1) log deviation from one hour to the next.</summary>
    public const double DriftCoefficient = 0.8;

    /// <summary>Standard deviation of the white log noise.</summary>
    public const double NoiseDeviation = 0.10;

    const double SpikeProbability = 0.01;
    const int LongestSpike = 4;
    const double SpikeMedian = 20;
    const double SpikeLogDeviation = 0.7;

    /// <summary>The values of one household.</summary>
    /// <param name="air">The air around it by hour; NaN where it is not known, and then the household sends nothing.</param>
    /// <param name="seed">Chooses the neighbourhood.</param>
    /// <param name="area">The number of its area.</param>
    /// <param name="household">Its number in the area.</param>
    /// <param name="spikes">Whether it has episodes of its own.</param>
    public static double[] Measure(ReadOnlySpan<double> air, int seed, int area, int household, bool spikes)
    {
        var factors = LogFactors(air.Length, Generator(seed, area, household, stream: 0));
        var added = spikes ? Spikes(air.Length, Generator(seed, area, household, stream: 1)) : null;
        var values = new double[air.Length];
        for (var hour = 0; hour < values.Length; hour++)
        {
            // A real sensor's readings outside the valid range would be refused; here they stay at its end.
            values[hour] = double.IsNaN(air[hour])
                ? double.NaN
                : Math.Clamp((air[hour] * Math.Exp(factors[hour])) + (added?[hour] ?? 0), Scene.Quantity.Minimum, Scene.Quantity.Maximum);
        }
        return values;
    }

    /// <summary>The logarithm of what a household measures relative to the air around it.</summary>
    internal static double[] LogFactors(int hours, Random random)
    {
        var bias = Normal.Sample(random, 0, BiasDeviation);
        var drift = Normal.Sample(random, 0, DriftDeviation);
        var innovation = DriftDeviation * Math.Sqrt(1 - (DriftCoefficient * DriftCoefficient));
        var factors = new double[hours];
        for (var hour = 0; hour < hours; hour++)
        {
            factors[hour] = bias + drift + Normal.Sample(random, 0, NoiseDeviation);
            drift = (DriftCoefficient * drift) + Normal.Sample(random, 0, innovation);
        }
        return factors;
    }

    static double[] Spikes(int hours, Random random)
    {
        var added = new double[hours];
        for (var hour = 0; hour < hours; hour++)
        {
            if (random.NextDouble() >= SpikeProbability)
                continue;
            var length = 1 + random.Next(LongestSpike);
            var amount = LogNormal.Sample(random, Math.Log(SpikeMedian), SpikeLogDeviation);
            for (var during = hour; during < Math.Min(hours, hour + length); during++)
                added[during] += amount;
        }
        return added;
    }

    /// <summary>A generator for each household; the arithmetic may wrap, since only distinct seeds are wanted.</summary>
    internal static Xoshiro256StarStar Generator(int seed, int area, int household, int stream) =>
        new(unchecked((((((seed * 397) + area) * 4099) + household) * 7) + stream), threadSafe: false);
}
