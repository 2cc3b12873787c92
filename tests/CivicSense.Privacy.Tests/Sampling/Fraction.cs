using System.Globalization;
using System.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>Rational numbers in test data, written as "7/2".</summary>
static class Fraction
{
    public static Rational Parse(string fraction)
    {
        var parts = fraction.Split('/');
        return new Rational(BigInteger.Parse(parts[0], CultureInfo.InvariantCulture), BigInteger.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
