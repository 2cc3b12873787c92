using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// A running count that is published at every step of a public number of steps. The error grows with the logarithm of the number of steps,
/// not with the number: every answer is a sum of noisy counts of binary intervals, and an event is in at most <see cref="Levels"/> of them.
/// Dwork, Naor, Pitassi, Rothblum 2010; Chan, Shi, Song 2011. Proof: docs/privacy/tree-counter.md.
/// </summary>
/// <remarks>
/// <para>Proof definition: for two streams whose counts differ by d in all (d events added or removed, at any steps), chosen beforehand or
/// in the light of earlier answers, all answers together lose at most <see cref="Map"/>(d) in <see cref="Measure"/>.</para>
/// <para>The unit is the event, not the owner: for an owner with up to k events the loss is Map(k). Where owners contribute at every step,
/// release per step instead.</para>
/// <para>The state is two numbers a level. The exact sums of open intervals are private. Answers are limited to the range of Int128, so no
/// count makes a step fail. Safe for concurrent use: steps take a lock.</para>
/// </remarks>
public sealed class BinaryTreeCounter
{
    /// <summary>The largest accepted number of steps: sums of as many counts fit into 128 bits.</summary>
    public const long LargestSteps = 1L << 62;

    readonly Lock gate = new();
    readonly Func<Int128, Int128> addNoise;
    readonly Func<Rational, Rational> privacyMap;
    readonly Int128[] exact;
    readonly Int128[] noisy;
    long step;

    BinaryTreeCounter(
        long steps, Measure<Rational> measure, Func<Int128, Int128> addNoise, double nodeVariance, Func<Rational, Rational> lossOfOneLevel)
    {
        Steps = steps;
        Levels = LevelsOf(steps);
        Measure = measure;
        NodeVariance = nodeVariance;
        this.addNoise = addNoise;
        privacyMap = distance => Levels * lossOfOneLevel(distance);
        (exact, noisy) = (new Int128[Levels], new Int128[Levels]);
    }

    /// <summary>The number of steps for which the counter was made.</summary>
    public long Steps { get; }

    /// <summary>The number of binary intervals that one event can be in: floor(log2(<see cref="Steps"/>)) + 1.</summary>
    public int Levels { get; }

    /// <summary>How the loss is measured: <see cref="MaxDivergence"/> or <see cref="ZeroConcentratedDivergence"/>.</summary>
    public Measure<Rational> Measure { get; }

    /// <summary>
    /// The variance of the noise of one interval. For Gaussian noise it is sigma^2, an upper bound that is indistinguishable from the
    /// variance once sigma is above 2. Only for display and estimation.
    /// </summary>
    public double NodeVariance { get; }

    /// <summary>The number of steps made so far.</summary>
    public long Step
    {
        get
        {
            lock (gate)
            {
                return step;
            }
        }
    }

    /// <summary>A counter with discrete Laplace noise: pure differential privacy, Map(d) = d Levels / scale.</summary>
    /// <param name="steps">1 to <see cref="LargestSteps"/>; public.</param>
    /// <param name="scale">The scale of the noise of each interval: above 0 and at most 2^64.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static BinaryTreeCounter Laplace(long steps, Rational scale) => Laplace(steps, scale, OperatingSystemRandomBytes.Instance);

    /// <summary>
    /// A counter with discrete Gaussian noise: zero-concentrated differential privacy, Map(d) = d^2 Levels / (2 sigma^2).
    /// </summary>
    /// <param name="steps">1 to <see cref="LargestSteps"/>; public.</param>
    /// <param name="sigmaSquared">sigma^2 of the noise of each interval: above 0 and at most 2^128.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static BinaryTreeCounter Gaussian(long steps, Rational sigmaSquared) =>
        Gaussian(steps, sigmaSquared, OperatingSystemRandomBytes.Instance);

    /// <summary>Makes a step: takes in the count of its events and gives the noisy number of all events so far.</summary>
    /// <param name="count">The number of events at this step; any number, also a negative one for events taken back.</param>
    /// <returns>The answer, which is public.</returns>
    /// <exception cref="InvalidOperationException">All <see cref="Steps"/> steps have been made. Nothing was released.</exception>
    public Int128 Add(long count)
    {
        lock (gate)
        {
            if (step == Steps)
                throw new InvalidOperationException($"The counter was made for {Steps} steps, and all of them have been made.");

            // The interval that ends here takes up all the smaller ones that end here, too. At most 2^62 counts: always fits.
            var next = step + 1;
            var level = BitOperations.TrailingZeroCount(next);
            Int128 sum = count;
            for (var below = 0; below < level; below++)
                sum += exact[below];

            // Drawn before anything is changed: where the generator fails, the step has not been made.
            var answer = addNoise(sum);
            Array.Clear(exact, 0, level);
            Array.Clear(noisy, 0, level);
            (exact[level], noisy[level], step) = (sum, answer, next);
            return Prefix();
        }
    }

    /// <summary>
    /// The loss of all answers together for streams whose counts differ by <paramref name="events"/> in all: the L1 distance. Exact.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public Rational Map(Rational events)
    {
        if (events.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(events), events, "A distance is at least 0.");

        return privacyMap(events);
    }

    /// <summary>
    /// The variance of the answer of a step, counted from 1: <see cref="NodeVariance"/> for every binary digit 1 of the step. Public.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public double VarianceAt(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, Steps);
        return BitOperations.PopCount((ulong)step) * NodeVariance;
    }

    internal static BinaryTreeCounter Laplace(long steps, Rational scale, IRandomBytes source) =>
        Laplace(RequireSteps(steps), new DiscreteLaplace(scale, source));

    internal static BinaryTreeCounter Gaussian(long steps, Rational sigmaSquared, IRandomBytes source) =>
        Gaussian(RequireSteps(steps), new DiscreteGaussian(sigmaSquared, source));

    internal static BinaryTreeCounter Laplace(long steps, DiscreteLaplace noise)
    {
        var halfWidth = Math.Sinh(0.5 / noise.Scale.ToDouble());
        return new(steps, new MaxDivergence(), noise.AddTo, 0.5 / (halfWidth * halfWidth), events => events / noise.Scale);
    }

    internal static BinaryTreeCounter Gaussian(long steps, DiscreteGaussian noise) => new(
        steps,
        new ZeroConcentratedDivergence(),
        noise.AddTo,
        noise.SigmaSquared.ToDouble(),
        events => events * events / (2 * noise.SigmaSquared));

    static int LevelsOf(long steps) => BitOperations.Log2((ulong)steps) + 1;

    static long RequireSteps(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, LargestSteps);
        return steps;
    }

    /// <summary>The sum of the noisy intervals of which the steps so far consist: one for every binary digit 1 of their number.</summary>
    Int128 Prefix()
    {
        var sum = Int128.Zero;
        for (var level = Levels - 1; level >= 0; level--)
        {
            if (((step >> level) & 1) == 1)
                sum = Saturating.Add(sum, noisy[level]);
        }

        return sum;
    }
}
