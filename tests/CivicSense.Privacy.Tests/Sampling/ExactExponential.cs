using System.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>exp(-y) to many digits, computed without intervals and with far more digits than are used.</summary>
static class ExactExponential
{
    /// <summary>floor(exp(-y) 2^bits), unless the digits beyond are all 0 or all 1 for two hundred places.</summary>
    public static BigInteger Scaled(Rational y, int bits)
    {
        // Horner's scheme for exp(-y / 2^64) from the 80th term on, then 64 squarings.
        var digits = bits + 400;
        var one = BigInteger.One << digits;
        var fraction = ((y.Numerator << digits) / y.Denominator) >> 64;
        var sum = one;
        for (var n = 80; n >= 1; n--)
            sum = one - (((sum * fraction) >> digits) / n);

        for (var i = 0; i < 64; i++)
            sum = (sum * sum) >> digits;

        return sum >> (digits - bits);
    }
}
