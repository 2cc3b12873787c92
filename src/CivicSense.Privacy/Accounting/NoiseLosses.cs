namespace CivicSense.Privacy;

/// <summary>
/// The loss distributions of single mechanisms. Those of the noise mechanisms are the same in both directions, because noise is symmetric.
/// Proof: docs/privacy/privacy-loss-distribution.md, lemma 3.
/// </summary>
/// <remarks>
/// The platform's exponential function is taken to be within 4 units in the last place. With arguments of at most a few hundred that were
/// rounded a few times, the relative error of a mass is below 1e-13; <see cref="Margin"/> is added.
/// </remarks>
static class NoiseLosses
{
    const double Margin = 1 + 1e-12;

    /// <summary>How far the sums over Gaussian noise reach, in standard deviations; the rest is below 1e-31.</summary>
    const double Reach = 12;

    /// <summary>Noise with more integers than this is summed in blocks.</summary>
    const double LargestCount = 1L << 23;

    /// <summary>Randomised response with probability 1 - delta; with probability delta everything is told.</summary>
    public static LossMeasure Approximate(Rational epsilon, Rational delta, int stepBits)
    {
        var steps = Rational.FromDyadic(1, stepBits);
        var (high, low) = (DirectedRounding.ToDoubleUp(epsilon * steps), DirectedRounding.ToDoubleUp(-epsilon * steps));
        var builder = new LossMeasureBuilder(stepBits, low, high);
        var rest = Rational.One - delta;
        var truth = rest / (Rational.One + DirectedRounding.ExpDown(-epsilon));
        builder.Add(DirectedRounding.ToDoubleUp(truth), high);
        builder.Add(DirectedRounding.ToDoubleUp(truth * DirectedRounding.ExpUp(-epsilon)), low);
        builder.AddAtInfinity(DirectedRounding.ToDoubleUp(delta));
        return builder.ToMeasure(2);
    }

    /// <summary>Finitely many outputs with known probabilities, none below 0: the direction of the first over the second.</summary>
    public static LossMeasure Outputs(IReadOnlyList<Rational> first, IReadOnlyList<Rational> second, int stepBits)
    {
        var steps = Rational.FromDyadic(1, stepBits);
        var outcomes = first.Zip(second).Where(pair => pair.First.Sign > 0).ToArray();
        var losses = outcomes
            .Select(pair => pair.Second.Sign == 0
                ? double.PositiveInfinity
                : DirectedRounding.ToDoubleUp(DirectedRounding.LogUp(pair.First / pair.Second) * steps))
            .ToArray();
        var builder = new LossMeasureBuilder(
            stepBits, losses.Where(double.IsFinite).DefaultIfEmpty().Min(), losses.Where(double.IsFinite).DefaultIfEmpty().Max());
        for (var i = 0; i < outcomes.Length; i++)
        {
            var mass = DirectedRounding.ToDoubleUp(outcomes[i].First);
            if (double.IsFinite(losses[i]))
                builder.Add(mass, losses[i]);
            else
                builder.AddAtInfinity(mass);
        }

        return builder.ToMeasure(outcomes.Length);
    }

    /// <summary>P(x) proportional to q^|x| with q = exp(-1 / scale), moved by the sensitivity.</summary>
    public static LossMeasure DiscreteLaplace(Rational scale, long sensitivity, int stepBits)
    {
        var inverse = Rational.One / scale;
        var epsilon = inverse * sensitivity;
        var steps = Rational.FromDyadic(1, stepBits);
        var (high, low) = (DirectedRounding.ToDoubleUp(epsilon * steps), DirectedRounding.ToDoubleUp(-epsilon * steps));
        var builder = new LossMeasureBuilder(stepBits, low, high);

        // P(x <= 0) = 1 / (1 + q) has the loss sensitivity / scale, P(x >= sensitivity) = q^sensitivity / (1 + q) the opposite one.
        var denominator = Rational.One + DirectedRounding.ExpDown(-inverse);
        builder.Add(DirectedRounding.ToDoubleUp(Rational.One / denominator), high);
        builder.Add(DirectedRounding.ToDoubleUp(DirectedRounding.ExpUp(-epsilon) / denominator), low);

        // Between them the loss is (sensitivity - 2 x) / scale, and m integers from x on have the mass q^x (1 - q^m) / (1 + q).
        var block = 1 + (long)(sensitivity / LargestCount);
        var perInteger = DirectedRounding.ToDoubleDown(inverse);
        var lossPerInteger = DirectedRounding.ToDoubleDown(inverse * steps * 2);
        var outcomes = 2L;
        for (var x = 1L; x < sensitivity; x += block, outcomes++)
        {
            var count = Math.Min(block, sensitivity - x);
            var share = FloatingPointBounds.OneMinusExpUp(DirectedRounding.ToDoubleUp(inverse * count)) / denominator.ToDouble();
            var mass = Math.Exp(-perInteger * x) * share;
            var loss = high - (lossPerInteger * x);
            builder.Add(mass * (1 + 1e-12 + (1e-15 * perInteger * x)), loss + (1e-15 * (high + (lossPerInteger * x))));
        }

        return builder.ToMeasure(outcomes);
    }

    /// <summary>P(x) proportional to exp(-x^2 / (2 sigma^2)) on the integers, moved by the shift.</summary>
    public static LossMeasure DiscreteGaussian(Rational sigmaSquared, long shift, int stepBits)
    {
        var variance = sigmaSquared.ToDouble();
        var sigma = Math.Sqrt(variance);
        var steps = Rational.FromDyadic(1, stepBits);

        // The loss at x is (shift^2 - 2 shift x) / (2 sigma^2).
        var constant = (steps * shift * shift / (sigmaSquared * 2)).ToDouble();
        var slope = (steps * shift / sigmaSquared).ToDouble();

        // The sum over all integers is at least that over some of them, and at least sigma sqrt(2 pi) by Poisson summation.
        var middle = Enumerable.Range(-40, 81).Sum(x => Math.Exp(-x * x / (2 * variance)));
        var normaliser = Math.Max(sigma * FloatingPointBounds.SquareRootOfTwoPi, middle) / Margin;
        var (end, block) = Tiling(sigma);
        return Gaussian(stepBits, new Blocks(-end, block, 1 / sigma, (block - 1) / sigma, block / normaliser), constant, slope);
    }

    /// <summary>
    /// Blocks of that many integers, of which the first begins at -end and the last at end, past <see cref="Reach"/> on either side. A
    /// block is a power of two and end a multiple of it, so all their multiples up to end are doubles: the blocks leave out no integer.
    /// </summary>
    internal static (double End, double Block) Tiling(double sigma)
    {
        var least = Math.Ceiling(Reach * sigma) + 1;
        var block = Math.Max(1, Math.ScaleB(1, Math.ILogB(2 * least / LargestCount) + 1));
        return (Math.Ceiling(least / block) * block, block);
    }

    /// <summary>Normal noise; the means are mu = sqrt(2 rho) standard deviations apart.</summary>
    public static LossMeasure ContinuousGaussian(Rational rho, int stepBits)
    {
        const double Width = 1 / 65536d;
        var steps = Rational.FromDyadic(1, stepBits);

        // The loss at z is rho - mu z.
        var (constant, slope) = ((steps * rho).ToDouble(), (steps * DirectedRounding.SqrtUp(rho * 2)).ToDouble());
        var blocks = new Blocks(-Reach / Width, 1, Width, Width, Width * Margin / FloatingPointBounds.SquareRootOfTwoPi);
        return Gaussian(stepBits, blocks, constant, slope * Width);
    }

    /// <summary>Sums blocks of Gaussian noise from the left end to the right one; each block takes the largest of its losses.</summary>
    static LossMeasure Gaussian(int stepBits, Blocks blocks, double constant, double slope)
    {
        var lowest = constant + (slope * blocks.Left);
        var builder = new LossMeasureBuilder(stepBits, lowest - 2, constant - (slope * blocks.Left) + 2);
        var outcomes = 0L;
        for (var x = blocks.Left; x <= -blocks.Left; x += blocks.Stride, outcomes++)
        {
            var z = x * blocks.Scale;
            var mass = blocks.Weight * Margin * MeanUp(z, z + blocks.Width);
            builder.Add(mass, constant - (slope * x) + (1e-15 * (Math.Abs(constant) + Math.Abs(slope * x))));
        }

        // What lies outside: below exp(-Reach^2 / 2) = exp(-72) < 1e-31 on either side.
        builder.AddAtInfinity(1e-31);
        builder.Add(1e-31, lowest);
        return builder.ToMeasure(outcomes + 2);
    }

    /// <summary>An upper bound of the mean of exp(-z^2 / 2) over points that lie evenly between low and high.</summary>
    static double MeanUp(double low, double high)
    {
        // Beyond 1 the function is convex: the chord is above it. Within, it is concave: the mean is below the value in the middle.
        if (low >= 1 || high <= -1)
            return (Bell(low) + Bell(high)) / 2;

        if (low >= -1 && high <= 1)
            return Bell((low + high) / 2);

        return Bell(Math.Min(Math.Abs(low), Math.Abs(high)));
    }

    /// <summary>
    /// Blocks that begin at Left, Left + Stride, ..., -Left; times Scale these are standard deviations, as is the Width of a block.
    /// </summary>
    readonly record struct Blocks(double Left, double Stride, double Scale, double Width, double Weight);

    static double Bell(double z) => Math.Exp(-0.5 * z * z);
}
