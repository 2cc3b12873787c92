using System.Numerics;
using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>
/// A fair sign and, independent of it, an integer X of at least zero with P(X = x) proportional to exp(-x / t): the part that
/// <see cref="DiscreteLaplace"/> and <see cref="DiscreteGaussian"/> have in common. Proof: docs/privacy/discrete-laplace.md, lemma 1.
/// </summary>
/// <remarks>Canonne, Kamath, Steinke 2020, algorithm 2, lines 3 to 13. Both methods read the same words and give the same
/// answers.</remarks>
readonly struct LaplaceCandidate
{
    /// <summary>The scales below which the 64-bit method works: twice the scale must be a word.</summary>
    public static readonly BigInteger FastScales = BigInteger.One << 63;

    readonly ulong scale;
    readonly ExpMinusFraction rejection;

    public LaplaceCandidate(ulong scale)
    {
        this.scale = scale;
        rejection = new ExpMinusFraction(scale);
    }

    /// <summary>Draws a sign and X = remainder + multiple t; or nothing, and then everything must be drawn anew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDraw(RandomWords words, out bool negative, out ulong remainder, out ulong multiple)
    {
        var signAndRemainder = ExactBernoulli.Uniform(words, 2 * scale);
        negative = (signAndRemainder & 1) == 1;
        remainder = signAndRemainder >> 1;
        multiple = 0;
        if (!rejection.Sample(words, remainder))
            return false;

        while (ExactBernoulli.SampleExpMinusOne(words))
            multiple++;

        return true;
    }

    /// <summary>The same for a scale of any size.</summary>
    public static bool TryDraw(RandomWords words, BigInteger scale, out bool negative, out BigInteger magnitude)
    {
        var signAndRemainder = ExactBernoulli.Uniform(words, 2 * scale);
        negative = !signAndRemainder.IsEven;
        magnitude = signAndRemainder >> 1;
        if (!ExactBernoulli.SampleExpMinus(words, magnitude, scale))
            return false;

        while (ExactBernoulli.SampleExpMinusOne(words))
            magnitude += scale;

        return true;
    }
}
