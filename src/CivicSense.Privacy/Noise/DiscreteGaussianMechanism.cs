namespace CivicSense.Privacy;

/// <summary>
/// Integers plus discrete Gaussian noise: zero-concentrated differential privacy. OpenDP: make_gaussian on integers. Proof:
/// docs/privacy/discrete-gaussian.md, theorem 2.
/// </summary>
/// <remarks>
/// The answer is the exact sum of value and noise, limited to the range of Int128: no value makes a release fail. One measurement serves
/// any number of releases, each with noise of its own, and each costs what the map says.
/// </remarks>
public static class DiscreteGaussianMechanism
{
    /// <summary>One integer. Map(d) = d^2 / (2 sigma^2), exactly.</summary>
    /// <param name="domain">The integers that may be asked about; bounds are allowed and not needed.</param>
    /// <param name="sigmaSquared">The parameter of <see cref="DiscreteGaussian"/>: above 0 and at most 2^128.</param>
    /// <exception cref="ArgumentOutOfRangeException">sigma^2 is outside its range.</exception>
    public static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational sigmaSquared) =>
        Scalar(domain, sigmaSquared, OperatingSystemRandomBytes.Instance);

    /// <summary>A vector of integers, each with noise of its own. Map(d) = d^2 / (2 sigma^2), exactly, for the L2 distance d.</summary>
    /// <param name="domain">
    /// The vectors that may be asked about. The number of elements is published; it need not be part of the domain, because vectors of
    /// different lengths are infinitely far apart.
    /// </param>
    /// <param name="sigmaSquared">The parameter of <see cref="DiscreteGaussian"/>: above 0 and at most 2^128.</param>
    /// <exception cref="ArgumentOutOfRangeException">sigma^2 is outside its range.</exception>
    public static Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational sigmaSquared) => Vector(domain, sigmaSquared, OperatingSystemRandomBytes.Instance);

    internal static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational sigmaSquared, IRandomBytes source)
    {
        var space = new Space<Int128>(domain, new AbsoluteDistance());
        var noise = new DiscreteGaussian(sigmaSquared, source);
        return new(space, new ZeroConcentratedDivergence(), noise.AddTo, distance => Loss(distance, sigmaSquared));
    }

    internal static Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational sigmaSquared, IRandomBytes source)
    {
        var space = new Space<IReadOnlyList<Int128>>(domain, new L2Distance());
        var noise = new DiscreteGaussian(sigmaSquared, source);
        return new(space, new ZeroConcentratedDivergence(), Answer, distance => Loss(distance, sigmaSquared));

        IReadOnlyList<Int128> Answer(IReadOnlyList<Int128> data)
        {
            Int128[] answers = [.. data];
            noise.AddTo(answers);
            return answers;
        }
    }

    static Rational Loss(Rational distance, Rational sigmaSquared) => distance * distance / (2 * sigmaSquared);
}
