using System.Globalization;
using System.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>Reference values printed by arbitrary-precision software.</summary>
static class ReferenceValue
{
    /// <summary>The decimal number, with an exponent or without, and one unit of its last digit, both exactly.</summary>
    public static (Rational Value, Rational Unit) Parse(string text)
    {
        var parts = text.Split('e');
        var exponent = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : parts[0].Length - point - 1;
        var digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var unit = exponent >= 0 ? new Rational(BigInteger.Pow(10, exponent), 1) : new Rational(1, BigInteger.Pow(10, -exponent));
        return (Rational.FromInteger(digits) * unit, unit);
    }
}
