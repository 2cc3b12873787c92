using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Exact results, limited to the range of Int128. Limiting a noisy value is post-processing; an exception for a value near the limit would
/// tell something about the value without the noise.
/// </summary>
static class Saturating
{
    /// <summary>left + right, or the end of the range that lies nearer.</summary>
    public static Int128 Add(Int128 left, Int128 right)
    {
        if (right >= 0)
            return left > Int128.MaxValue - right ? Int128.MaxValue : left + right;

        return left < Int128.MinValue - right ? Int128.MinValue : left + right;
    }

    /// <summary>The value, or the end of the range that lies nearer.</summary>
    public static Int128 ToInt128(BigInteger value) => (Int128)BigInteger.Max(Int128.MinValue, BigInteger.Min(Int128.MaxValue, value));
}
