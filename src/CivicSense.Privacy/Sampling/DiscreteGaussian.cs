using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// The discrete Gaussian distribution on the integers, sampled exactly: P(x) is proportional to exp(-x^2 / (2 sigma^2)) for every
/// integer x. Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020, algorithms 1 to 3.
/// </summary>
/// <remarks>
/// <para>Proof definition: given independent uniform bytes, the samples are independent and each has exactly the stated law. No
/// floating-point number takes part. Proof: docs/privacy/discrete-gaussian.md.</para>
/// <para>Every random byte comes from the operating system's generator, is used once and is wiped when it is used. Where all intermediate
/// values fit into 128 bits a draw allocates nothing; otherwise it is computed with <see cref="BigInteger"/>.</para>
/// <para>The time of a draw depends on the value drawn. Draw on a schedule, never while somebody waits for the answer.</para>
/// <para>Safe for concurrent use: draws take a lock.</para>
/// </remarks>
public sealed class DiscreteGaussian : DiscreteNoise
{
    /// <summary>The number of bits up to which numerator and denominator of sigma^2 are accepted.</summary>
    internal const int LargestParameterBits = 256;

    static readonly BigInteger LargestVariance = BigInteger.One << 128;

    // A candidate y of the discrete Laplace distribution with scale t is accepted with probability exp(-(|y| B - A)^2 / (2 A B t)).
    readonly BigInteger a;
    readonly BigInteger b;
    readonly BigInteger t;
    readonly BigInteger denominator;

    // The same numbers for the fast path; all zero where it does not apply.
    readonly ulong fastA;
    readonly ulong fastB;
    readonly ulong fastT;
    readonly ulong largestFastMultiple;
    readonly LaplaceCandidate candidate;
    readonly ExpMinusFraction gaussianRejection;

    /// <summary>The distribution with the given parameter sigma^2.</summary>
    /// <param name="sigmaSquared">sigma^2, above 0 and at most 2^128, written with at most 256 bits above and below the line.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is outside its range.</exception>
    public DiscreteGaussian(Rational sigmaSquared)
        : this(sigmaSquared, OperatingSystemRandomBytes.Instance)
    {
    }

    internal DiscreteGaussian(Rational sigmaSquared, IRandomBytes source, bool useFastPath = true)
        : base(source)
    {
        SigmaSquared = RequireSigmaSquared(sigmaSquared);

        var (numerator, denominator) = (sigmaSquared.Numerator, sigmaSquared.Denominator);
        t = IntegerSquareRoot.Floor(numerator / denominator) + 1;

        // (|y| - sigma^2 / t)^2 / (2 sigma^2) with sigma^2 = numerator / denominator, brought to one fraction and reduced.
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator * t);
        a = numerator / divisor;
        b = denominator * t / divisor;
        this.denominator = 2 * a * b * t;

        // |y| B and A stay below 2^62, hence squares and the denominator below 2^125, for every |y| below 128 t. Larger candidates
        // (probability below exp(-127)) are finished with BigInteger.
        IsFast = useFastPath && a < BigInteger.One << 62 && b * t * 128 < BigInteger.One << 62 && this.denominator < BigInteger.One << 127;
        if (IsFast)
        {
            (fastA, fastB, fastT) = ((ulong)a, (ulong)b, (ulong)t);
            largestFastMultiple = 127;
            candidate = new LaplaceCandidate(fastT);
            gaussianRejection = new ExpMinusFraction((UInt128)this.denominator);
        }
    }

    /// <summary>
    /// The parameter sigma^2. The variance of the distribution is at most this, and indistinguishable from it once sigma is above 2.
    /// </summary>
    public Rational SigmaSquared { get; }

    private protected override Int128 DrawFast()
    {
        var words = Words;
        while (true)
        {
            if (!candidate.TryDraw(words, out var negative, out var remainder, out var multiple))
                continue;

            if (multiple > largestFastMultiple)
            {
                if (AcceptLarge(negative, (BigInteger)remainder + ((BigInteger)multiple * t), out var large))
                    return (Int128)large;

                continue;
            }

            var magnitude = remainder + (multiple * fastT);
            if (negative && magnitude == 0)
                continue;

            var scaled = magnitude * fastB;
            var distance = scaled >= fastA ? scaled - fastA : fastA - scaled;
            var high = Math.BigMul(distance, distance, out var low);
            if (gaussianRejection.Sample(words, new UInt128(high, low)))
                return negative ? -(Int128)magnitude : (Int128)magnitude;
        }
    }

    private protected override BigInteger DrawLarge()
    {
        while (true)
        {
            if (LaplaceCandidate.TryDraw(Words, t, out var negative, out var magnitude)
                && AcceptLarge(negative, magnitude, out var value))
            {
                return value;
            }
        }
    }

    bool AcceptLarge(bool negative, BigInteger magnitude, out BigInteger value)
    {
        value = negative ? -magnitude : magnitude;
        if (negative && magnitude.IsZero)
            return false;

        var distance = (magnitude * b) - a;
        return ExactBernoulli.SampleExpMinus(Words, distance * distance, denominator);
    }

    /// <summary>The same sigma^2, if it lies in the accepted range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    internal static Rational RequireSigmaSquared(Rational sigmaSquared) => WhyRefused(sigmaSquared) is { } reason
        ? throw new ArgumentOutOfRangeException(nameof(sigmaSquared), sigmaSquared, reason)
        : sigmaSquared;

    /// <summary>Why sigma^2 is outside the accepted range, or null where it is inside.</summary>
    internal static string? WhyRefused(Rational sigmaSquared)
    {
        if (sigmaSquared.Sign <= 0 || sigmaSquared.Numerator > LargestVariance * sigmaSquared.Denominator)
            return "sigma^2 must be above 0 and at most 2^128.";

        return Math.Max(sigmaSquared.Numerator.GetBitLength(), sigmaSquared.Denominator.GetBitLength()) > LargestParameterBits
            ? "sigma^2 must be a fraction of integers of at most 256 bits."
            : null;
    }
}
