using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>The exact sum of bounded integers. OpenDP: <c>make_sum</c> on integers.</summary>
public static class ClampedSum
{
    /// <summary>The sum of all rows, as a 128-bit integer.</summary>
    /// <remarks>
    /// <para>With bounds L and U the map is: d -> d max(|L|, |U|) for <see cref="SymmetricDistance"/>; d -> floor(d/2) (U - L) for the same
    /// where the size is public, because then every added row comes with a removed one; d -> d (U - L) for
    /// <see cref="ChangeOneDistance"/>.</para>
    /// <para>Overflow is impossible: a list has fewer than 2^31 rows of magnitude at most 2^63, and 2^94 is within 128 bits. So the sum is
    /// exact and does not depend on the order of rows. Proof: docs/privacy/clamped-sum.md.</para>
    /// </remarks>
    /// <param name="domain">The rows; their domain has both bounds, as <see cref="Clamp"/> and <see cref="IntegerGrid"/> make it.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <exception cref="ArgumentException">
    /// The rows have no bounds, or bounds between which no row can move the sum, or the metric does not measure the domain.
    /// </exception>
    public static Transformation<IReadOnlyList<long>, Int128> Of(VectorDomain<long> domain, RowMetric metric)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        if (domain.Element is not AtomDomain<long> { Lower: { } lower, Upper: { } upper })
            throw new ArgumentException("The rows need a lower and an upper bound: clamp them first.", nameof(domain));

        var magnitude = Rational.FromInteger(BigInteger.Max(BigInteger.Abs(lower), BigInteger.Abs(upper)));
        var width = Rational.FromInteger((BigInteger)upper - lower);
        if ((metric is SymmetricDistance && domain.Size is null ? magnitude : width).Sign == 0)
        {
            // A sum that no row can move needs no noise and asks no question: one of the bounds is a mistake.
            throw new ArgumentException(
                $"With the bounds {lower} and {upper} no row can move the sum: its sensitivity would be 0.", nameof(domain));
        }

        var map = metric.Choose<Func<Rational, Rational>>(
            added: domain.Size is null
                ? distance => distance * magnitude
                : distance => Rational.FromInteger(distance.Numerator / 2) * width,
            replaced: distance => distance * width);
        return new Transformation<IReadOnlyList<long>, Int128>(
            new Space<IReadOnlyList<long>>(domain, metric), new Space<Int128>(new AtomDomain<Int128>(), new AbsoluteDistance()), Sum, map);
    }

    static Int128 Sum(IReadOnlyList<long> rows)
    {
        var sum = Int128.Zero;
        for (var i = 0; i < rows.Count; i++)
            sum += rows[i];

        return sum;
    }
}
