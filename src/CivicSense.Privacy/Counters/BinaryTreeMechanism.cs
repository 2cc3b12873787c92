namespace CivicSense.Privacy;

/// <summary>
/// All running counts of a finished stream at once: <see cref="BinaryTreeCounter"/> as a measurement. The same random bytes give the same
/// answers. Proof: docs/privacy/tree-counter.md.
/// </summary>
public static class BinaryTreeMechanism
{
    /// <summary>Pure differential privacy. Map(d) = d levels / scale, exactly, for the L1 distance d: the number of events.</summary>
    /// <param name="domain">The counts at each step. The number of steps must be public and at least 1.</param>
    /// <param name="scale">Of <see cref="DiscreteLaplace"/>: above 0 and at most 2^64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range, or there is no step.</exception>
    /// <exception cref="ArgumentException">The domain does not say how many steps there are.</exception>
    public static Measurement<IReadOnlyList<long>, IReadOnlyList<Int128>, Rational> Laplace(VectorDomain<long> domain, Rational scale) =>
        Laplace(domain, scale, OperatingSystemRandomBytes.Instance);

    /// <summary>
    /// Zero-concentrated differential privacy. Map(d) = d^2 levels / (2 sigma^2), exactly, for the L1 distance d: the number of events.
    /// </summary>
    /// <param name="domain">The counts at each step. The number of steps must be public and at least 1.</param>
    /// <param name="sigmaSquared">The parameter of <see cref="DiscreteGaussian"/>: above 0 and at most 2^128.</param>
    /// <exception cref="ArgumentOutOfRangeException">sigma^2 is outside its range, or there is no step.</exception>
    /// <exception cref="ArgumentException">The domain does not say how many steps there are.</exception>
    public static Measurement<IReadOnlyList<long>, IReadOnlyList<Int128>, Rational> Gaussian(
        VectorDomain<long> domain, Rational sigmaSquared) => Gaussian(domain, sigmaSquared, OperatingSystemRandomBytes.Instance);

    internal static Measurement<IReadOnlyList<long>, IReadOnlyList<Int128>, Rational> Laplace(
        VectorDomain<long> domain, Rational scale, IRandomBytes source)
    {
        var noise = new DiscreteLaplace(scale, source);
        return Of(domain, steps => BinaryTreeCounter.Laplace(steps, noise));
    }

    internal static Measurement<IReadOnlyList<long>, IReadOnlyList<Int128>, Rational> Gaussian(
        VectorDomain<long> domain, Rational sigmaSquared, IRandomBytes source)
    {
        var noise = new DiscreteGaussian(sigmaSquared, source);
        return Of(domain, steps => BinaryTreeCounter.Gaussian(steps, noise));
    }

    static Measurement<IReadOnlyList<long>, IReadOnlyList<Int128>, Rational> Of(
        VectorDomain<long> domain, Func<long, BinaryTreeCounter> counterFor)
    {
        var space = new Space<IReadOnlyList<long>>(domain, new L1Distance());
        if (domain.Size is not { } steps)
            throw new ArgumentException("A counter needs a vector domain with a public size: the number of steps.", nameof(domain));

        if (steps < 1)
            throw new ArgumentOutOfRangeException(nameof(domain), steps, "A counter needs at least one step.");

        var example = counterFor(steps);
        return new(space, example.Measure, Answer, example.Map);

        IReadOnlyList<Int128> Answer(IReadOnlyList<long> counts)
        {
            var counter = counterFor(steps);
            var answers = new Int128[steps];
            for (var step = 0; step < steps; step++)
                answers[step] = counter.Add(counts[step]);

            return answers;
        }
    }
}
