using System.Globalization;
using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// An exact rational number in lowest terms with a positive denominator. Privacy parameters and noise variances are rationals, so that no
/// statement about them depends on rounding. The default value is zero. Immutable and safe for concurrent use.
/// </summary>
public readonly struct Rational : IEquatable<Rational>, IComparable<Rational>, IComparable
{
    /// <summary>The number <paramref name="numerator"/> / <paramref name="denominator"/>, reduced to lowest terms.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="denominator"/> is zero.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new ArgumentOutOfRangeException(nameof(denominator), denominator, "A denominator must not be zero.");

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        DenominatorOrZero = denominator / divisor;
    }

    /// <summary>Zero.</summary>
    public static Rational Zero => default;

    /// <summary>One.</summary>
    public static Rational One { get; } = new(BigInteger.One, BigInteger.One);

    /// <summary>The numerator; it carries the sign.</summary>
    public BigInteger Numerator { get; private init; }

    /// <summary>The denominator, at least one and coprime to the numerator.</summary>
    public BigInteger Denominator => DenominatorOrZero.IsZero ? BigInteger.One : DenominatorOrZero;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Numerator.Sign;

    /// <summary>The denominator; zero in the default value, which stands for 0/1.</summary>
    BigInteger DenominatorOrZero { get; init; }

    /// <summary>Exactly the decimal number given: 0.028m is 7/250.</summary>
    public static Rational FromDecimal(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var scale = (parts[3] >> 16) & 0xFF;

        // A decimal is a 96-bit integer in three limbs, divided by 10^scale.
        var magnitude = (new BigInteger(Unsigned(parts[2])) << 64) | (new BigInteger(Unsigned(parts[1])) << 32) | Unsigned(parts[0]);
        return new Rational(value < 0 ? -magnitude : magnitude, BigInteger.Pow(10, scale));

        // The limbs are unsigned numbers stored in int: the bit pattern is wanted.
        static uint Unsigned(int limb) => unchecked((uint)limb);
    }

    /// <summary>The larger of two numbers.</summary>
    public static Rational Max(Rational left, Rational right) => left >= right ? left : right;

    /// <summary>The smaller of two numbers.</summary>
    public static Rational Min(Rational left, Rational right) => left <= right ? left : right;

    /// <summary>The magnitude of a number.</summary>
    public static Rational Abs(Rational value) => value.Sign < 0 ? -value : value;

    /// <summary>Exactly the value of a finite double: 0.5 is 1/2, while 0.1 is a fraction with denominator 2^55.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite or not a number.</exception>
    public static Rational FromDouble(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "The value must be finite.");

        // IEEE 754: 52 bits of fraction, 11 bits of exponent with bias 1023; exponent 0 has no hidden bit.
        var bits = BitConverter.DoubleToInt64Bits(value);
        var (fraction, exponent) = (bits & ((1L << 52) - 1), (int)((bits >> 52) & 0x7FF));
        var mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        return FromDyadic(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    /// <summary>mantissa 2^exponent, exactly.</summary>
    internal static Rational FromDyadic(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero)
            return Zero;

        if (exponent >= 0)
            return FromInteger(mantissa << exponent);

        // Both are powers of two times coprime numbers: shifting out the common zeros leaves lowest terms.
        var common = (int)BigInteger.Min(BigInteger.TrailingZeroCount(mantissa), -exponent);
        return InLowestTerms(mantissa >> common, BigInteger.One << (-exponent - common));
    }

    /// <summary>The integer as a rational number.</summary>
    public static Rational FromInt64(long value) => FromInteger(value);

    /// <summary>The integer as a rational number.</summary>
    public static Rational FromInteger(BigInteger value) => InLowestTerms(value, BigInteger.One);

    /// <summary>
    /// The nearest double, ties to even, wherever that is a normal number or zero. Beyond the range of double the result is infinite; below
    /// it, the result is a subnormal number within one unit in the last place. Only for display and estimation.
    /// </summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
            return 0;

        var magnitude = BigInteger.Abs(Numerator);

        // 64 or 65 significant bits of the quotient, with every discarded bit folded into the last: a correctly rounded conversion follows.
        var shift = 65 - (int)(magnitude.GetBitLength() - Denominator.GetBitLength());
        var (dividend, divisor) = shift >= 0 ? (magnitude << shift, Denominator) : (magnitude, Denominator << -shift);
        var quotient = BigInteger.DivRem(dividend, divisor, out var remainder);
        var sticky = !remainder.IsZero;
        while (quotient.GetBitLength() > 64)
        {
            sticky |= !quotient.IsEven;
            quotient >>= 1;
            shift--;
        }

        var rounded = (double)((ulong)quotient | (sticky ? 1UL : 0UL));
        return Math.CopySign(Math.ScaleB(rounded, -shift), Numerator.Sign);
    }

    /// <inheritdoc/>
    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <inheritdoc/>
    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        Rational other => CompareTo(other),
        _ => throw new ArgumentException("A Rational can only be compared with a Rational.", nameof(obj)),
    };

    /// <summary>Numerator and denominator in decimal digits with a slash between them: "7/250", "-3/1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    /// <summary>The integer as a rational number.</summary>
    public static implicit operator Rational(long value) => FromInt64(value);

    /// <summary>The number with the other sign.</summary>
    public static Rational operator -(Rational value) => InLowestTerms(-value.Numerator, value.Denominator);

    /// <summary>The exact sum.</summary>
    public static Rational operator +(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <summary>The exact difference.</summary>
    public static Rational operator -(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) - (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <summary>The exact product.</summary>
    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The exact quotient.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="right"/> is zero.</exception>
    public static Rational operator /(Rational left, Rational right) => right.Numerator.IsZero
        ? throw new DivideByZeroException("A rational number cannot be divided by zero.")
        : new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(Rational left, Rational right) => left.Equals(right);

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(Rational left, Rational right) => !left.Equals(right);

    /// <summary>Whether the left number is smaller.</summary>
    public static bool operator <(Rational left, Rational right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left number is larger.</summary>
    public static bool operator >(Rational left, Rational right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left number is not larger.</summary>
    public static bool operator <=(Rational left, Rational right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left number is not smaller.</summary>
    public static bool operator >=(Rational left, Rational right) => left.CompareTo(right) >= 0;

    /// <summary>A fraction that is known to be reduced, over a denominator of at least 1.</summary>
    static Rational InLowestTerms(BigInteger numerator, BigInteger denominator) =>
        new() { Numerator = numerator, DenominatorOrZero = denominator };
}
