using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Certain bounds of exp, log, square root and the conversion to double: "Up" is never below the exact value, "Down" never above it.
/// Exact integer arithmetic throughout, no floating point. Proof: docs/privacy/directed-rounding.md.
/// </summary>
/// <remarks>
/// The relative error is below 2^-96. Bounds are dyadic rationals with at most <see cref="SignificantBits"/> significant bits, so that
/// repeated use does not make numbers grow. Exact cases are exact: exp 0 = 1, log 1 = 0, the root of the square of a rational number.
/// </remarks>
static class DirectedRounding
{
    /// <summary>The number of significant bits of a bound that is not exact.</summary>
    public const int SignificantBits = 128;

    /// <summary>The largest magnitude of an exponent that is computed: beyond it exp is 0 or a tiny number, or overflows.</summary>
    public const int LargestExponent = 1 << 16;

    /// <summary>exp(-2^16) is below 2^-94548, as 2^16 / ln 2 = 94548.46....</summary>
    static readonly Rational TinyExp = Rational.FromDyadic(BigInteger.One, -94_548);

    /// <summary>An upper bound of exp(x).</summary>
    /// <exception cref="OverflowException">x is above <see cref="LargestExponent"/>.</exception>
    public static Rational ExpUp(Rational x) => x < -LargestExponent ? TinyExp : Exp(x).High;

    /// <summary>A lower bound of exp(x); 0 below -<see cref="LargestExponent"/>.</summary>
    /// <exception cref="OverflowException">x is above <see cref="LargestExponent"/>.</exception>
    public static Rational ExpDown(Rational x) => x < -LargestExponent ? Rational.Zero : Exp(x).Low;

    /// <summary>An upper bound of ln(x).</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is not above 0.</exception>
    public static Rational LogUp(Rational x) => Log(x).High;

    /// <summary>A lower bound of ln(x).</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is not above 0.</exception>
    public static Rational LogDown(Rational x) => Log(x).Low;

    /// <summary>An upper bound of the square root of x.</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is below 0.</exception>
    public static Rational SqrtUp(Rational x) => Sqrt(x).High;

    /// <summary>A lower bound of the square root of x.</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is below 0.</exception>
    public static Rational SqrtDown(Rational x) => Sqrt(x).Low;

    /// <summary>The smallest double that is not below x; positive infinity where there is none.</summary>
    public static double ToDoubleUp(Rational x)
    {
        var result = x.ToDouble();
        if (double.IsNegativeInfinity(result))
            return double.MinValue;

        while (double.IsFinite(result) && Rational.FromDouble(result) < x)
            result = Math.BitIncrement(result);

        // The conversion may have been one unit too high among the subnormal numbers.
        while (double.IsFinite(result) && result > double.MinValue && Rational.FromDouble(Math.BitDecrement(result)) >= x)
            result = Math.BitDecrement(result);

        return result;
    }

    /// <summary>The largest double that is not above x; negative infinity where there is none.</summary>
    public static double ToDoubleDown(Rational x) => -ToDoubleUp(-x);

    /// <summary>x rounded up to at most <see cref="SignificantBits"/> significant bits.</summary>
    public static Rational RoundUp(Rational x) => -RoundDown(-x);

    /// <summary>x rounded down to at most <see cref="SignificantBits"/> significant bits.</summary>
    public static Rational RoundDown(Rational x)
    {
        if (x.Denominator.IsPowerOfTwo && BigInteger.Abs(x.Numerator).GetBitLength() <= SignificantBits)
            return x;

        var shift = SignificantBits + 1 - (int)(BigInteger.Abs(x.Numerator).GetBitLength() - x.Denominator.GetBitLength());
        var (dividend, divisor) = shift >= 0 ? (x.Numerator << shift, x.Denominator) : (x.Numerator, x.Denominator << -shift);
        var quotient = BigInteger.DivRem(dividend, divisor, out var remainder);
        return RoundDown(remainder.Sign < 0 ? quotient - 1 : quotient, -shift);
    }

    static (Rational Low, Rational High) Exp(Rational x)
    {
        if (x > LargestExponent)
            throw new OverflowException($"The exponent must be at most {LargestExponent}.");

        if (x.Sign == 0)
            return (Rational.One, Rational.One);

        var (fraction, powerOfTwo) = ElementaryEnclosures.Exp(Enclosure.Of(x));
        var (low, high) = Outward(fraction, powerOfTwo);
        return x.Sign < 0 ? (low, Rational.Min(high, Rational.One)) : (Rational.Max(low, Rational.One), high);
    }

    static (Rational Low, Rational High) Log(Rational x)
    {
        if (x.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(x), x, "The logarithm needs a number above 0.");

        if (x == Rational.One)
            return (Rational.Zero, Rational.Zero);

        // x = 2^k m with m between 1/2 and 2; for x itself in that range k is 0, which keeps the result precise near 1.
        var k = (int)(x.Numerator.GetBitLength() - x.Denominator.GetBitLength());
        k = k is -1 or 0 or 1 && x < 2 && x > new Rational(1, 2) ? 0 : k;
        var m = k >= 0 ? new Rational(x.Numerator, x.Denominator << k) : new Rational(x.Numerator << -k, x.Denominator);
        var log = ElementaryEnclosures.LogOfFraction(m) + (ElementaryEnclosures.LogTwo * k);
        var (low, high) = Outward(log, 0);

        // 1 - 1/x <= ln x <= x - 1: these are the better bounds where x is within about 2^-100 of 1, and they keep the sign.
        return (Rational.Max(low, RoundDown(Rational.One - (Rational.One / x))), Rational.Min(high, RoundUp(x - Rational.One)));
    }

    static (Rational Low, Rational High) Sqrt(Rational x)
    {
        if (x.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(x), x, "The square root needs a number of at least 0.");

        // In lowest terms a rational number is a square exactly when numerator and denominator are.
        var (numeratorRoot, denominatorRoot) = (IntegerSquareRoot.Floor(x.Numerator), IntegerSquareRoot.Floor(x.Denominator));
        if (numeratorRoot * numeratorRoot == x.Numerator && denominatorRoot * denominatorRoot == x.Denominator)
        {
            var exact = new Rational(numeratorRoot, denominatorRoot);
            return (exact, exact);
        }

        // floor(sqrt(floor(4^e x))) = floor(2^e sqrt(x)), with e such that the root has more than SignificantBits bits.
        var e = SignificantBits + 2 - (int)((x.Numerator.GetBitLength() - x.Denominator.GetBitLength()) / 2);
        var scaled = e >= 0 ? (x.Numerator << (2 * e)) / x.Denominator : x.Numerator / (x.Denominator << (-2 * e));
        var root = IntegerSquareRoot.Floor(scaled);
        return (RoundDown(root, -e), -RoundDown(-root - 1, -e));
    }

    /// <summary>The interval times 2^exponent, with both ends rounded outward to <see cref="SignificantBits"/> significant bits.</summary>
    static (Rational Low, Rational High) Outward(Enclosure value, int exponent) => (
        RoundDown(value.Low, exponent - Enclosure.FractionBits), -RoundDown(-value.High, exponent - Enclosure.FractionBits));

    /// <summary>mantissa 2^exponent rounded down: the shift of a BigInteger rounds toward negative infinity.</summary>
    static Rational RoundDown(BigInteger mantissa, int exponent)
    {
        var excess = Math.Max(0, (int)BigInteger.Abs(mantissa).GetBitLength() - SignificantBits);
        return Rational.FromDyadic(mantissa >> excess, exponent + excess);
    }
}
