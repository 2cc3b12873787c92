using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// A closed interval whose ends are integers in units of 2^-<see cref="FractionBits"/>. Every operation returns an interval that contains
/// the exact result for every choice of numbers from the operands. Proof: docs/privacy/directed-rounding.md, lemma 1.
/// </summary>
readonly record struct Enclosure(BigInteger Low, BigInteger High)
{
    /// <summary>The number of binary digits after the point.</summary>
    public const int FractionBits = 224;

    /// <summary>The number one in units of the last place.</summary>
    public static BigInteger Unit { get; } = BigInteger.One << FractionBits;

    /// <summary>Exactly one.</summary>
    public static Enclosure One { get; } = new(Unit, Unit);

    /// <summary>Whether both ends are above zero.</summary>
    public bool IsPositive => Low.Sign > 0;

    /// <summary>The lower end, exactly.</summary>
    public Rational LowEnd => Rational.FromDyadic(Low, -FractionBits);

    /// <summary>The upper end, exactly.</summary>
    public Rational HighEnd => Rational.FromDyadic(High, -FractionBits);

    /// <summary>The narrowest interval around the number; a point where the number fits.</summary>
    public static Enclosure Of(Rational value)
    {
        var low = FloorDivide(value.Numerator << FractionBits, value.Denominator, out var exact);
        return new(low, exact ? low : low + 1);
    }

    /// <summary>The narrowest interval that contains both numbers.</summary>
    public static Enclosure Between(Rational low, Rational high) => new(Of(low).Low, Of(high).High);

    /// <summary>The square root of a number of at least zero.</summary>
    public static Enclosure SquareRoot(Rational value)
    {
        // floor(sqrt(floor(y))) = floor(sqrt(y)) for y = 4^FractionBits value.
        var root = IntegerSquareRoot.Floor(FloorDivide(value.Numerator << (2 * FractionBits), value.Denominator, out var exact));
        return new(root, exact && root * root * value.Denominator == value.Numerator << (2 * FractionBits) ? root : root + 1);
    }

    /// <summary>The interval times 2^power, rounded outward.</summary>
    public Enclosure TimesPowerOfTwo(int power) => power >= 0
        ? new(Low << power, High << power)
        : new(Low >> -power, CeilingShift(High, -power));

    /// <summary>The exact sum of the ends.</summary>
    public static Enclosure operator +(Enclosure left, Enclosure right) => new(left.Low + right.Low, left.High + right.High);

    /// <summary>The exact difference of the ends.</summary>
    public static Enclosure operator -(Enclosure left, Enclosure right) => new(left.Low - right.High, left.High - right.Low);

    /// <summary>The exact multiple.</summary>
    public static Enclosure operator *(Enclosure left, int factor) => factor >= 0
        ? new(left.Low * factor, left.High * factor)
        : new(left.High * factor, left.Low * factor);

    /// <summary>The product, rounded outward by less than one unit at each end.</summary>
    public static Enclosure operator *(Enclosure left, Enclosure right)
    {
        if (left.Low.Sign >= 0 && right.Low.Sign >= 0)
            return new((left.Low * right.Low) >> FractionBits, CeilingShift(left.High * right.High, FractionBits));

        BigInteger[] ends = [left.Low * right.Low, left.Low * right.High, left.High * right.Low, left.High * right.High];
        return new(ends.Min() >> FractionBits, CeilingShift(ends.Max(), FractionBits));
    }

    /// <summary>The quotient by a positive interval, rounded outward by less than one unit at each end.</summary>
    public static Enclosure operator /(Enclosure left, Enclosure right)
    {
        if (!right.IsPositive)
            throw new DivideByZeroException("The divisor must be an interval of positive numbers.");

        var low = FloorDivide(left.Low << FractionBits, left.Low.Sign >= 0 ? right.High : right.Low, out _);
        var high = -FloorDivide(-(left.High << FractionBits), left.High.Sign >= 0 ? right.Low : right.High, out _);
        return new(low, high);
    }

    /// <summary>The value over 2^bits, rounded up to an integer: the shift of a BigInteger rounds toward negative infinity.</summary>
    public static BigInteger CeilingShift(BigInteger value, int bits) => -(-value >> bits);

    /// <summary>floor(dividend / divisor) for a positive divisor.</summary>
    static BigInteger FloorDivide(BigInteger dividend, BigInteger divisor, out bool exact)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var remainder);
        exact = remainder.IsZero;
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
