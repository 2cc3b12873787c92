using System.Globalization;
using System.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>Rational numbers in test data, written as "7/2".</summary>
static class Fraction
{
    public static Rational Parse(string fraction)
    {
        var parts = fraction.Split('/').Select(part => BigInteger.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new Rational(parts[0], parts[1]);
    }
}
