using CivicSense.Commons;
using CivicSense.Privacy;

namespace CivicSense.Release.Tests;

/// <summary>A mechanism whose noise a test can draw a second time, so that exact sums can be had back from what was released.</summary>
sealed class SeededNoise
{
    readonly DiscreteGaussian again;

    public SeededNoise(ReleasePlan plan, int seed)
    {
        Source = new CountingBytes(seed);
        Mechanism = new OwnerDayMechanism(Rational.FromDecimal(plan.Rho), 16, Rational.FromDecimal(plan.ActivityShare), Source);
        again = new DiscreteGaussian(Mechanism.NoiseVariance, new CountingBytes(seed));
    }

    public OwnerDayMechanism Mechanism { get; }

    public CountingBytes Source { get; }

    /// <summary>Takes the next draws off released values, in the order in which they were drawn.</summary>
    public Int128[] ExactSums(IEnumerable<long> released) => [.. released.Select(value => value - again.Sample())];
}

/// <summary>Bytes that are the same for the same seed.</summary>
sealed class CountingBytes(int seed) : IRandomBytes
{
    readonly Random random = new(seed);

    public long Bytes { get; private set; }

    public void Fill(Span<byte> destination)
    {
        random.NextBytes(destination);
        Bytes += destination.Length;
    }
}
