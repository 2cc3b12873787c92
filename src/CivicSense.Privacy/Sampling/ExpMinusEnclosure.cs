using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Bounds of exp(-y) to any number of binary digits, in integer arithmetic: what an exact comparison with a uniform number falls back to,
/// as the fixed precision of <see cref="DirectedRounding"/> would leave a last doubt. Proof: docs/privacy/geometric.md, lemma 2.
/// </summary>
static class ExpMinusEnclosure
{
    /// <summary>Integers with low &lt;= exp(-y) 2^bits &lt;= high, a few units apart, for a rational y of at least 0.</summary>
    public static (BigInteger Low, BigInteger High) Of(Rational y, int bits)
    {
        // exp(-y) = exp(-y / 2^k)^(2^k) with y / 2^k below 1/2. Every squaring at most doubles an error, so k more digits make up for it.
        var k = (int)Math.Max(0, y.Numerator.GetBitLength() - y.Denominator.GetBitLength() + 2);
        var digits = bits + k + 16;
        var (low, high) = OfFraction(y.Numerator << digits, y.Denominator << k, digits);
        for (; k > 0; k--)
        {
            low = (low * low) >> digits;
            high = Enclosure.CeilingShift(high * high, digits);
        }

        return (low >> (digits - bits), Enclosure.CeilingShift(high, digits - bits));
    }

    /// <summary>The alternating series for the fraction dividend / divisor of 2^digits, below 1/2.</summary>
    static (BigInteger Low, BigInteger High) OfFraction(BigInteger dividend, BigInteger divisor, int digits)
    {
        var below = dividend / divisor;
        var (lowTerm, highTerm) = (BigInteger.One << digits, BigInteger.One << digits);
        var (low, high) = (lowTerm, highTerm);
        for (var n = 1; highTerm > 1; n++)
        {
            lowTerm = ((lowTerm * below) >> digits) / n;
            highTerm = (Enclosure.CeilingShift(highTerm * (below + 1), digits) / n) + 1;
            (low, high) = n % 2 == 1 ? (low - highTerm, high - lowTerm) : (low + lowTerm, high + highTerm);
        }

        // The terms decrease, so what is left out is at most the last one, which is at most one unit.
        return (BigInteger.Max(0, low - 1), BigInteger.Min(high + 1, BigInteger.One << digits));
    }
}
