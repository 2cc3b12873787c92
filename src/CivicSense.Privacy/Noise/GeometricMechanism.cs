using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// A bounded integer plus two-sided geometric noise, limited to the bounds: pure differential privacy, in a time that does not depend on
/// the noise. OpenDP: make_geometric with bounds. Proof: docs/privacy/geometric.md.
/// </summary>
/// <remarks>
/// The number of random words and of steps of a release depends on the width of the bounds alone, which is public; but for words that do
/// not decide a trial, of which there are 2 in 2^64.
/// </remarks>
public static class GeometricMechanism
{
    /// <summary>The largest accepted upper bound less lower bound.</summary>
    public static Int128 LargestWidth => BoundedLaplace.LargestReach;

    /// <summary>
    /// One integer: value + noise, or the bound of the domain that lies nearer where that is beyond it. Map(d) = d / scale, exactly.
    /// </summary>
    /// <param name="domain">The integers that may be asked about; with public bounds, at most <see cref="LargestWidth"/> apart.</param>
    /// <param name="scale">Of <see cref="DiscreteLaplace"/>: above 0 and at most 2^64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range, or the bounds are too far apart.</exception>
    /// <exception cref="ArgumentException">The domain has no bounds.</exception>
    public static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational scale) =>
        Scalar(domain, scale, OperatingSystemRandomBytes.Instance);

    internal static Measurement<Int128, Int128, Rational> Scalar(AtomDomain<Int128> domain, Rational scale, IRandomBytes source)
    {
        var space = new Space<Int128>(domain, new AbsoluteDistance());
        DiscreteLaplace.RequireScale(scale);
        if (domain is not { Lower: { } lower, Upper: { } upper })
            throw new ArgumentException("The geometric mechanism needs a domain with a lower and an upper bound.", nameof(domain));

        var width = (BigInteger)upper - lower;
        if (width > LargestWidth)
            throw new ArgumentOutOfRangeException(nameof(domain), width, $"The bounds must be at most {LargestWidth} apart.");

        var noise = new BoundedLaplace(scale, (long)width, new RandomWords(source));
        var gate = new Lock();
        return new(space, new MaxDivergence(), Answer, distance => distance / scale);

        Int128 Answer(Int128 value)
        {
            var place = (long)(value - lower);
            lock (gate)
            {
                return lower + noise.Limit(place + noise.Draw());
            }
        }
    }
}
