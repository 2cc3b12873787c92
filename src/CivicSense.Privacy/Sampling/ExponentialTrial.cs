using System.Numerics;
using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>
/// A Bernoulli trial whose probability is a fraction of E = exp(-y): exactly weight E / (1 + share E). One word decides it by a comparison
/// that takes the same time for every word, but for two words of the 2^64; those are decided exactly by further words. Proof:
/// docs/privacy/geometric.md, lemma 3.
/// </summary>
sealed class ExponentialTrial
{
    readonly Rational exponent;
    readonly int weight;
    readonly int share;
    readonly ulong threshold;

    /// <summary>The trial with probability weight E / (1 + share E), which must be below 1.</summary>
    /// <remarks>Requires exponent &gt; 0 and 1 &lt;= weight &lt;= 1 + share, share 0 or 1.</remarks>
    public ExponentialTrial(Rational exponent, int weight, int share)
    {
        (this.exponent, this.weight, this.share) = (exponent, weight, share);

        // The probability grows with E: it lies between its values for the two bounds, which are less than 2^-64 apart.
        var low = DirectedRounding.ExpDown(-exponent);
        var probability = weight * low / (1 + (share * low));
        threshold = (ulong)((probability.Numerator << 64) / probability.Denominator);
    }

    /// <summary>1 where the word decides for success, else 0; right unless <see cref="IsUndecided"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Compare(ulong word) => IsBelow(word, threshold);

    /// <summary>1 where the word does not decide, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong IsUndecided(ulong word) => IsBelow(unchecked(word - threshold), 2); // modulo 2^64: words below the threshold become large

    /// <summary>The exact outcome for any first word; reads further words until it is certain.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Decide(RandomWords words, ulong firstWord)
    {
        var uniform = new BigInteger(firstWord);
        for (var digits = 64; ; digits += 64)
        {
            var bits = digits + 64;
            var one = BigInteger.One << bits;
            var (low, high) = ExpMinusEnclosure.Of(exponent, bits);
            if ((uniform + 1) * (one + (share * low)) <= (weight * low) << digits)
                return true;

            if (uniform * (one + (share * high)) >= (weight * high) << digits)
                return false;

            uniform = (uniform << 64) | words.Next();
        }
    }

    /// <summary>1 where left &lt; right, else 0, without a branch: the borrow of the subtraction.</summary>
    static ulong IsBelow(ulong left, ulong right) => ((~left & right) | ((~left | right) & unchecked(left - right))) >> 63;
}
