namespace CivicSense.FirmwareSim.Field;

/// <summary>
/// Random numbers by address instead of by sequence: the same (seed, stream, index) always gives the same number, in whatever order and on
/// whatever thread it is asked for. For the simulated field only; secrets never come from here.
/// </summary>
/// <remarks>The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood 2014), applied to seed and index in turn.</remarks>
readonly struct CounterNoise
{
    const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    readonly ulong key;

    CounterNoise(ulong key) => this.key = key;

    /// <summary>The root of all streams of a seed.</summary>
    public static CounterNoise FromSeed(long seed) => new(Mix(Bits(seed) ^ GoldenGamma));

    /// <summary>An independent stream, e.g. of one household.</summary>
    public CounterNoise Stream(long id) => new(At(id));

    /// <summary>64 random bits.</summary>
    public ulong At(long index)
    {
        // Arithmetic modulo 2^64 is what the generator is defined on.
        unchecked
        {
            return Mix(key + Bits(index) * GoldenGamma + GoldenGamma);
        }
    }

    /// <summary>Uniform on [0, 1).</summary>
    public double Uniform(long index) => (At(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, variance 1, nearly normal: the sum of four uniforms, which never goes beyond 3.47.</summary>
    public double Normal(long index)
    {
        var bits = At(index);
        var sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        // Each uniform has mean 32767.5 and variance 65536^2 / 12; four of them a third of 65536^2.
        return (sum - 131_070) * (1.7320508075688772 / 65536);
    }

    static ulong Bits(long value) => unchecked((ulong)value);

    static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
