using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class RationalTests
{
    [Theory]
    [InlineData(6, 8, "3/4")]
    [InlineData(6, -8, "-3/4")]
    [InlineData(-6, -8, "3/4")]
    [InlineData(0, -5, "0/1")]
    [InlineData(12, 4, "3/1")]
    public void Is_kept_in_lowest_terms_with_a_positive_denominator(int numerator, int denominator, string expected) =>
        Assert.Equal(expected, new Rational(numerator, denominator).ToString());

    [Fact]
    public void Refuses_a_zero_denominator() =>
        Assert.Equal("denominator", Assert.Throws<ArgumentOutOfRangeException>(() => new Rational(1, 0)).ParamName);

    [Fact]
    public void Default_value_is_zero()
    {
        Assert.Equal(new Rational(0, 7), default);
        Assert.Equal("0/1", default(Rational).ToString());
        Assert.Equal(new Rational(1, 3), default(Rational) + new Rational(1, 3));
    }

    [Theory]
    [InlineData("0.028", "7/250")]
    [InlineData("-1.50", "-3/2")]
    [InlineData("0.0000000000000000000000000001", "1/10000000000000000000000000000")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335/1")]
    [InlineData("-7.9228162514264337593543950335", "-15845632502852867518708790067/2000000000000000000000000000")]
    public void FromDecimal_is_exact(string value, string expected) =>
        Assert.Equal(expected, Rational.FromDecimal(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToString());

    [Fact]
    public void Arithmetic_obeys_the_laws_of_a_field() => Prop.ForAll<int, int, int>((a, b, c) =>
    {
        Rational x = new(a, 7), y = new(b, 12), z = new((BigInteger)c + 1, 5);
        Assert.Equal(x * (y + z), (x * y) + (x * z));
        Assert.Equal(x, x - y + y);
        Assert.True(z.Sign == 0 || x * z / z == x);
        Assert.Equal(x.CompareTo(y), (x - y).Sign);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dividing_by_zero_throws() => Assert.Throws<DivideByZeroException>(() => Rational.One / Rational.Zero);

    [Fact]
    public void ToDouble_of_an_exact_double_returns_it() => Prop.ForAll(Doubles.Finite, x =>
    {
        if (x != 0 && !double.IsSubnormal(x))
        {
            var bits = BitConverter.DoubleToInt64Bits(x);
            var mantissa = (bits & ((1L << 52) - 1)) | (1L << 52);
            var exponent = (int)((bits >> 52) & 0x7FF) - 1075;
            var exact = exponent >= 0
                ? new Rational((BigInteger)mantissa << exponent, 1)
                : new Rational(mantissa, BigInteger.One << -exponent);
            Assert.Equal(Math.Abs(x), exact.ToDouble());
            Assert.Equal(-Math.Abs(x), (Rational.Zero - exact).ToDouble());
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ToDouble_rounds_to_nearest() => Prop.ForAll<int, int>((a, b) =>
    {
        // Division of two exactly represented integers is correctly rounded by IEEE 754.
        if (b != 0)
            Assert.Equal((double)a / b, new Rational(a, b).ToDouble());
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)] // a tie, to even: down
    [InlineData(1)] // just above the tie
    [InlineData(-1)] // just below it
    public void ToDouble_sees_digits_far_behind_the_tie(int offset)
    {
        var tie = ((BigInteger.One << 53) + 1) << 200;
        Assert.Equal(offset > 0 ? 9007199254740994d : 9007199254740992d, new Rational(tie + offset, BigInteger.One << 200).ToDouble());
    }

    [Fact]
    public void FromDouble_is_exact() => Prop.ForAll(Doubles.Finite, x =>
    {
        var exact = Rational.FromDouble(x);
        Assert.True(exact.Denominator.IsPowerOfTwo);
        Assert.Equal(x, exact.ToDouble());
        Assert.Equal(-exact, Rational.FromDouble(-x));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void FromDouble_refuses_what_is_no_number(double value) =>
        Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => Rational.FromDouble(value)).ParamName);

    [Fact]
    public void Integers_convert_by_themselves()
    {
        Rational three = 3;
        Assert.Equal("3/1", three.ToString());
        Assert.Equal(new Rational(-5, 2), new Rational(1, 2) - 3);
        Assert.True(new Rational(7, 2) > 3);
        Assert.Equal("-9223372036854775808/1", ((Rational)long.MinValue).ToString());
    }

    [Fact]
    public void Max_min_and_magnitude_choose_by_value() => Prop.ForAll<int, int>((a, b) =>
    {
        Rational x = new(a, 7), y = new(b, 12);
        Assert.Equal((x + y + Rational.Abs(x - y)) / 2, Rational.Max(x, y));
        Assert.Equal((x + y - Rational.Abs(x - y)) / 2, Rational.Min(x, y));
    }).QuickCheckThrowOnFailure();
}
