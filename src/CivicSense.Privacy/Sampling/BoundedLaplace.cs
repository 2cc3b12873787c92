using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CivicSense.Privacy;

/// <summary>
/// Discrete Laplace noise whose magnitude is limited to a public reach, drawn with a number of words and of steps that does not depend on
/// the value drawn. Proof: docs/privacy/geometric.md, lemmas 1 and 4.
/// </summary>
/// <remarks>
/// The binary digits of a geometric number are independent, so each is one trial. The exception: a word that leaves its trial undecided,
/// 2 of 2^64. Not safe for concurrent use.
/// </remarks>
sealed class BoundedLaplace
{
    /// <summary>The largest reach: sums of two stay within 64 bits.</summary>
    public const long LargestReach = 1L << 60;

    readonly RandomWords words;
    readonly long reach;

    // Whether the magnitude is not zero; the binary digits of the magnitude less one; whether there are more digits than those.
    readonly ExponentialTrial[] trials;

    public BoundedLaplace(Rational scale, long reach, RandomWords words)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reach);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reach, LargestReach);
        (this.reach, this.words) = (reach, words);
        var rate = 1 / scale;
        var digits = reach <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount((ulong)reach - 1); // the least with 2^digits >= reach
        trials =
        [
            new ExponentialTrial(rate, weight: 2, share: 1),
            .. Enumerable.Range(0, digits).Select(digit => new ExponentialTrial(rate * (1L << digit), weight: 1, share: 1)),
            new ExponentialTrial(rate * (1L << digits), weight: 1, share: 0),
        ];
    }

    /// <summary>The number of words of every draw that no word leaves undecided.</summary>
    public int WordsPerDraw => trials.Length + 1;

    /// <summary>One draw between -reach and reach.</summary>
    public long Draw()
    {
        Span<ulong> first = stackalloc ulong[trials.Length];
        var (outcomes, undecided) = (0UL, 0UL);
        for (var i = 0; i < first.Length; i++)
        {
            first[i] = words.Next();
            outcomes |= trials[i].Compare(first[i]) << i;
            undecided |= trials[i].IsUndecided(first[i]);
        }

        var sign = (long)(words.Next() & 1);
        if (undecided != 0)
            outcomes = DecideExactly(first);

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(first));
        var magnitude = Min((long)(outcomes >> 1) + 1, reach) & -(long)(outcomes & 1);
        return (magnitude ^ -sign) + sign;
    }

    ulong DecideExactly(ReadOnlySpan<ulong> first)
    {
        var outcomes = 0UL;
        for (var i = 0; i < first.Length; i++)
            outcomes |= (trials[i].Decide(words, first[i]) ? 1UL : 0UL) << i;

        return outcomes;
    }

    /// <summary>The value moved into [0, reach]: a sum of a number of that interval and a draw.</summary>
    public long Limit(long value) => Min(value & ~(value >> 63), reach);

    /// <summary>The smaller of two numbers whose difference fits into 64 bits, without a branch.</summary>
    static long Min(long left, long right)
    {
        var difference = left - right;
        return right + (difference & (difference >> 63));
    }
}
