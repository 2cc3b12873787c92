using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// The discrete Laplace distribution (two-sided geometric distribution) on the integers, sampled exactly: P(x) is proportional to
/// exp(-|x| / scale) for every integer x. Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020,
/// algorithm 2.
/// </summary>
/// <remarks>
/// <para>Proof definition: given independent uniform bytes, the samples are independent and each has exactly the stated law. No
/// floating-point number takes part. Proof: docs/privacy/discrete-laplace.md.</para>
/// <para>Every random byte comes from the operating system's generator, is used once and is wiped when it is used. Where numerator and
/// denominator of the scale are below 2^63 a draw allocates nothing; otherwise it is computed with <see cref="BigInteger"/>.</para>
/// <para>The time of a draw depends on the value drawn. Draw on a schedule, never while somebody waits for the answer.</para>
/// <para>Safe for concurrent use: draws take a lock.</para>
/// </remarks>
public sealed class DiscreteLaplace : DiscreteNoise
{
    static readonly BigInteger LargestScale = BigInteger.One << 64;

    // scale = t / s in lowest terms. With P(X = x) proportional to exp(-x / t), floor(X / s) is the magnitude.
    readonly BigInteger t;
    readonly BigInteger s;

    readonly ulong fastT;
    readonly ulong fastS;
    readonly LaplaceCandidate candidate;

    /// <summary>The distribution with the given scale.</summary>
    /// <param name="scale">Above 0 and at most 2^64, written with at most 256 bits above and below the line.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range.</exception>
    public DiscreteLaplace(Rational scale)
        : this(scale, OperatingSystemRandomBytes.Instance)
    {
    }

    internal DiscreteLaplace(Rational scale, IRandomBytes source, bool useFastPath = true)
        : base(source)
    {
        Scale = RequireScale(scale);
        (t, s) = (scale.Numerator, scale.Denominator);
        IsFast = useFastPath && t < LaplaceCandidate.FastScales && s < LaplaceCandidate.FastScales;
        if (IsFast)
        {
            (fastT, fastS) = ((ulong)t, (ulong)s);
            candidate = new LaplaceCandidate(fastT);
        }
    }

    /// <summary>The scale. The variance is 1 / (2 sinh^2(1 / (2 scale))), which is below 2 scale^2.</summary>
    public Rational Scale { get; }

    private protected override Int128 DrawFast()
    {
        while (true)
        {
            if (!candidate.TryDraw(Words, out var negative, out var remainder, out var multiple))
                continue;

            // Below 2^63 2^64: always fits, as nobody waits for 2^64 successes of probability 1/e.
            var product = Math.BigMul(multiple, fastT, out var low);
            var magnitude = new UInt128(product, low) + remainder;
            if (fastS != 1)
                magnitude /= fastS;

            if (!negative)
                return (Int128)magnitude;

            if (magnitude != UInt128.Zero)
                return -(Int128)magnitude;
        }
    }

    private protected override BigInteger DrawLarge()
    {
        while (true)
        {
            if (!LaplaceCandidate.TryDraw(Words, t, out var negative, out var magnitude))
                continue;

            magnitude /= s;
            if (!negative || !magnitude.IsZero)
                return negative ? -magnitude : magnitude;
        }
    }

    /// <summary>The same scale, if it lies in the accepted range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    internal static Rational RequireScale(Rational scale) => WhyRefused(scale) is { } reason
        ? throw new ArgumentOutOfRangeException(nameof(scale), scale, reason)
        : scale;

    /// <summary>Why the scale is outside the accepted range, or null where it is inside.</summary>
    internal static string? WhyRefused(Rational scale)
    {
        if (scale.Sign <= 0 || scale.Numerator > LargestScale * scale.Denominator)
            return "The scale must be above 0 and at most 2^64.";

        return Math.Max(scale.Numerator.GetBitLength(), scale.Denominator.GetBitLength()) > DiscreteGaussian.LargestParameterBits
            ? $"The scale must be a fraction of integers of at most {DiscreteGaussian.LargestParameterBits} bits."
            : null;
    }
}
