namespace CivicSense.Privacy;

/// <summary>
/// Integers plus discrete Laplace noise: pure differential privacy. OpenDP: make_laplace on integers. Proof:
/// docs/privacy/discrete-laplace.md, theorem 2.
/// </summary>
/// <remarks>
/// The answer is the exact sum of value and noise, limited to the range of Int128: no value makes a release fail. One measurement serves
/// any number of releases, each with noise of its own, and each costs what the map says.
/// </remarks>
public static class DiscreteLaplaceMechanism
{
    /// <summary>One integer. Map(d) = d / scale, exactly.</summary>
    /// <param name="domain">The integers that may be asked about; bounds are allowed and not needed.</param>
    /// <param name="scale">Of <see cref="DiscreteLaplace"/>: above 0 and at most 2^64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range.</exception>
    public static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational scale) =>
        Scalar(domain, scale, OperatingSystemRandomBytes.Instance);

    /// <summary>A vector of integers, each with noise of its own. Map(d) = d / scale, exactly, for the L1 distance d.</summary>
    /// <param name="domain">
    /// The vectors that may be asked about. The number of elements is published; it need not be part of the domain, because vectors of
    /// different lengths are infinitely far apart.
    /// </param>
    /// <param name="scale">Of <see cref="DiscreteLaplace"/>: above 0 and at most 2^64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range.</exception>
    public static Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(VectorDomain<Int128> domain, Rational scale) =>
        Vector(domain, scale, OperatingSystemRandomBytes.Instance);

    internal static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational scale, IRandomBytes source)
    {
        var space = new Space<Int128>(domain, new AbsoluteDistance());
        var noise = new DiscreteLaplace(scale, source);
        return new(space, new MaxDivergence(), noise.AddTo, distance => distance / scale);
    }

    internal static Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational scale, IRandomBytes source)
    {
        var space = new Space<IReadOnlyList<Int128>>(domain, new L1Distance());
        var noise = new DiscreteLaplace(scale, source);
        return new(space, new MaxDivergence(), Answer, distance => distance / scale);

        IReadOnlyList<Int128> Answer(IReadOnlyList<Int128> data)
        {
            Int128[] answers = [.. data];
            noise.AddTo(answers);
            return answers;
        }
    }
}
