using System.Numerics;
using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>
/// Bernoulli trials with probability exactly exp(-n / d) for one fixed denominator, without allocation. Reads the same words and gives the
/// same answers as <see cref="ExactBernoulli.SampleExpMinus"/>. Proof: docs/privacy/discrete-gaussian.md, lemma 5.
/// </summary>
readonly struct ExpMinusFraction
{
    // The comparison U < n / (k d) is first tried on the leading 48 bits of d and the matching bits of n. 48 + 14 bits for k leave the
    // product with k within 62 bits, so that no step below can overflow.
    const int LeadingBits = 48;
    const ulong LargestFastTerm = 1UL << 14;

    readonly UInt128 denominator;
    readonly ulong leading;
    readonly int shift;

    // 1 where bits of d and n were dropped, 0 where the leading bits are all of them.
    readonly uint dropped;

    public ExpMinusFraction(UInt128 denominator)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(denominator, UInt128.Zero);
        this.denominator = denominator;
        shift = Math.Max(0, 128 - (int)UInt128.LeadingZeroCount(denominator) - LeadingBits);
        leading = (ulong)(denominator >> shift);
        dropped = shift > 0 ? 1u : 0u;
    }

    /// <summary>True with probability exp(-numerator / denominator).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Sample(RandomWords words, UInt128 numerator)
    {
        while (numerator >= denominator)
        {
            if (!ExactBernoulli.SampleExpMinusOne(words))
                return false;

            numerator -= denominator;
        }

        var numeratorLeading = (ulong)(numerator >> shift);
        var k = 1UL;
        while (SampleTerm(words, numerator, numeratorLeading, k))
            k++;

        return (k & 1) == 1;
    }

    /// <summary>True with probability numerator / (k d), where numerator &lt; d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool SampleTerm(RandomWords words, UInt128 numerator, ulong numeratorLeading, ulong k)
    {
        var word = words.Next();
        if (k <= LargestFastTerm)
        {
            // (word + 1) * above <= numeratorLeading * 2^64 proves U < n / (k d).
            var above = k * (leading + dropped);
            var high = Math.BigMul(word, above, out var low);

            // The carry of low + above into the high half is wanted; the product is below 2^126, so high cannot overflow.
            var sum = unchecked(low + above);
            var carried = sum < above ? high + 1 : high;
            if (carried < numeratorLeading || (carried == numeratorLeading && sum == 0))
                return true;

            // word * below >= (numeratorLeading + dropped) * 2^64 proves U >= n / (k d).
            if (Math.BigMul(word, k * leading, out _) >= numeratorLeading + dropped)
                return false;
        }

        return ExactBernoulli.Continue(words, word, numerator, (BigInteger)denominator * k);
    }
}
