using CivicSense.Commons;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace CivicSense.Benchmarks.Utility;

/// <summary>What one synthetic household measures, given the air around it.</summary>
/// <remarks>
/// <para>A concentration is air * exp(bias + drift + noise), any other value air + bias + drift + noise, all normal: the bias never
/// changes, the drift is an AR(1) process, the noise is white.</para>
/// <para>With spikes, one hour in a hundred starts an episode of 1 to 4 hours, each as likely, that adds a log-normal amount with median
/// 20 ug/m3 and log standard deviation 0.7: somebody grills or lights a stove. Episodes may overlap.</para>
/// <para>The household of a number is the same however many there are, and the same but for its episodes with and without spikes.</para>
/// </remarks>
/// <param name="Quantity">What it measures.</param>
/// <param name="BiasDeviation">Standard deviation of the bias: of the logarithm for concentrations, else in the quantity's unit.</param>
/// <param name="DriftDeviation">Stationary standard deviation of the drift, likewise.</param>
/// <param name="NoiseDeviation">Standard deviation of the noise, likewise.</param>
sealed record HouseholdModel(Quantity Quantity, double BiasDeviation, double DriftDeviation, double NoiseDeviation)
{
    /// <summary>Coefficient of the drift from one hour to the next.</summary>
    public const double DriftCoefficient = 0.8;

    const double SpikeProbability = 0.01;
    const int LongestSpike = 4;
    const double SpikeMedian = 20;
    const double SpikeLogDeviation = 0.7;

    /// <summary>The households of a quantity; docs/utility.md says where the numbers come from.</summary>
    public static HouseholdModel Of(Quantity quantity) => quantity.Id switch
    {
        _ when quantity.IsLogarithmic => new HouseholdModel(quantity, 0.15, 0.15, 0.10),
        "laeq" => new HouseholdModel(quantity, 3, 2.5, 1.5),
        "temperature" => new HouseholdModel(quantity, 1.3, 1.2, 0.6),
        "humidity" => new HouseholdModel(quantity, 12, 6.5, 3.2),
        "pressure" => new HouseholdModel(quantity, 2.5, 0.18, 0.1),
        _ => throw new InvalidOperationException($"There are no households that measure {quantity}."),
    };

    /// <summary>The values of one household.</summary>
    /// <param name="air">The air around it by hour; NaN where it is not known, and then the household sends nothing.</param>
    /// <param name="seed">Chooses the neighbourhood.</param>
    /// <param name="area">The number of its area.</param>
    /// <param name="household">Its number in the area.</param>
    /// <param name="spikes">Whether it has episodes of its own.</param>
    public double[] Measure(ReadOnlySpan<double> air, int seed, int area, int household, bool spikes)
    {
        var differences = Differences(air.Length, Generator(seed, area, household, stream: 0));
        var added = spikes ? Spikes(air.Length, Generator(seed, area, household, stream: 1)) : null;
        var values = new double[air.Length];
        for (var hour = 0; hour < values.Length; hour++)
        {
            var value = Quantity.IsLogarithmic ? air[hour] * Math.Exp(differences[hour]) : air[hour] + differences[hour];
            // A real sensor's readings outside the valid range would be refused; here they stay at its end.
            values[hour] = double.IsNaN(value)
                ? double.NaN
                : Math.Clamp(value + (added?[hour] ?? 0), Quantity.Minimum, Quantity.Maximum);
        }
        return values;
    }

    /// <summary>How far a household lies from the air around it: as a logarithm for concentrations, else in the quantity's unit.</summary>
    internal double[] Differences(int hours, Random random)
    {
        var bias = Normal.Sample(random, 0, BiasDeviation);
        var drift = Normal.Sample(random, 0, DriftDeviation);
        var innovation = DriftDeviation * Math.Sqrt(1 - (DriftCoefficient * DriftCoefficient));
        var differences = new double[hours];
        for (var hour = 0; hour < hours; hour++)
        {
            differences[hour] = bias + drift + Normal.Sample(random, 0, NoiseDeviation);
            drift = (DriftCoefficient * drift) + Normal.Sample(random, 0, innovation);
        }
        return differences;
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
