using System.Numerics;
using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>
/// Bernoulli trials with exactly the stated probability, and the exact uniform integer. A trial with probability p compares a uniform real
/// number U in [0, 1) with p; the binary digits of U are drawn 64 at a time and only until the comparison is decided. Proof:
/// docs/privacy/discrete-gaussian.md, lemmas 1 to 4.
/// </summary>
static class ExactBernoulli
{
    /// <summary>floor(2^64 / e). A test recomputes it.</summary>
    internal const ulong ExpMinusOneFirstWord = 0x5E2D58D8B3BCDF1A;

    /// <summary>True with probability numerator / denominator.</summary>
    /// <remarks>Requires 0 &lt;= numerator &lt;= denominator and denominator &gt; 0.</remarks>
    public static bool Sample(RandomWords words, BigInteger numerator, BigInteger denominator) =>
        Continue(words, words.Next(), numerator, denominator);

    /// <summary>The same trial when the first 64 digits of U have been drawn already.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Continue(RandomWords words, ulong firstWord, BigInteger numerator, BigInteger denominator)
    {
        var word = firstWord;
        while (true)
        {
            // U lies in [word, word + 1) / 2^64 of what is left of the unit interval, the probability at numerator / denominator of it.
            numerator <<= 64;
            var low = word * denominator;
            if (low + denominator <= numerator)
                return true;

            if (low >= numerator)
                return false;

            numerator -= low;
            word = words.Next();
        }
    }

    /// <summary>True with probability exp(-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SampleExpMinusOne(RandomWords words)
    {
        var word = words.Next();
        return word != ExpMinusOneFirstWord ? word < ExpMinusOneFirstWord : ContinueExpMinusOne(words, word);
    }

    /// <summary>
    /// Decides U &lt; exp(-1) where the first word does not. Consecutive partial sums of sum (-1)^k / k! enclose exp(-1); digits of U
    /// and terms of the sum are added until the two intervals no longer meet.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool ContinueExpMinusOne(RandomWords words, ulong firstWord)
    {
        var uniform = new BigInteger(firstWord);
        var digits = 64;

        // sum = factorial * (the partial sum up to the term 1/k!); the partial sum is below exp(-1) exactly when k is odd.
        BigInteger factorial = 1, sum = 1;
        var k = 0;
        while (true)
        {
            var scale = BigInteger.One << digits;
            while (k % 2 == 0 || factorial <= scale << 8)
            {
                k++;
                factorial *= k;
                sum = (sum * k) + (k % 2 == 0 ? 1 : -1);
            }

            // sum / factorial < exp(-1) < (sum + 1) / factorial, because the next term is at most 1 / factorial.
            if ((uniform + 1) * factorial <= sum * scale)
                return true;

            if (uniform * factorial >= (sum + 1) * scale)
                return false;

            uniform = (uniform << 64) | words.Next();
            digits += 64;
        }
    }

    /// <summary>True with probability exp(-numerator / denominator), for any non-negative fraction.</summary>
    /// <remarks>Canonne, Kamath, Steinke 2020, algorithm 1: whole units first, then von Neumann's alternating series.</remarks>
    public static bool SampleExpMinus(RandomWords words, BigInteger numerator, BigInteger denominator)
    {
        while (numerator >= denominator)
        {
            if (!SampleExpMinusOne(words))
                return false;

            numerator -= denominator;
        }

        var k = 1;
        while (Sample(words, numerator, denominator * k))
            k++;

        return k % 2 == 1;
    }

    /// <summary>A uniform integer in [0, bound), bound at least one. One word serves nearly always.</summary>
    /// <remarks>Lemire 2019, "Fast random integer generation in an interval", algorithm 5.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Uniform(RandomWords words, ulong bound)
    {
        var high = Math.BigMul(words.Next(), bound, out var low);
        if (low < bound)
        {
            // 2^64 mod bound: the subtraction is meant modulo 2^64.
            var threshold = unchecked(0UL - bound) % bound;
            while (low < threshold)
                high = Math.BigMul(words.Next(), bound, out low);
        }

        return high;
    }

    /// <summary>
    /// A uniform integer in [0, bound) for a bound of any size; the same words give the same result as the 64-bit method.
    /// </summary>
    public static BigInteger Uniform(RandomWords words, BigInteger bound)
    {
        if (bound <= ulong.MaxValue)
        {
            var threshold = (BigInteger.One << 64) % bound;
            while (true)
            {
                var product = words.Next() * bound;
                if ((product & ulong.MaxValue) >= threshold)
                    return product >> 64;
            }
        }

        var bits = (int)(bound - 1).GetBitLength();
        while (true)
        {
            var candidate = BigInteger.Zero;
            for (var drawn = 0; drawn < bits; drawn += 64)
                candidate = (candidate << 64) | words.Next();

            candidate &= (BigInteger.One << bits) - 1;
            if (candidate < bound)
                return candidate;
        }
    }
}
