using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class DirectedRoundingTests
{
    static readonly Rational Tight = Rational.FromDyadic(1, -96);

    /// <summary>Rational numbers of both signs from about 1e-9 to 1e4, and some next to 0 and 1.</summary>
    static readonly Gen<Rational> Exponents = Gen.OneOf(
        from numerator in Gen.Choose(-1_000_000_000, 1_000_000_000)
        from denominator in Gen.Choose(100_000, 1_000_000_000)
        select new Rational(numerator, denominator),
        from numerator in Gen.Choose(-1000, 1000)
        from power in Gen.Choose(10, 300)
        select Rational.FromDyadic(numerator, -power));

    static readonly Arbitrary<Rational> Arguments = Arb.From(Exponents);

    static readonly Arbitrary<Rational> Positive = Arb.From(Gen.OneOf(
        Exponents.Select(Rational.Abs).Where(x => x.Sign > 0),
        Exponents.Select(x => Rational.Abs(x + Rational.One)).Where(x => x.Sign > 0),
        from numerator in Gen.Choose(1, 1000)
        from power in Gen.Choose(-900, 900)
        select Rational.FromDyadic(numerator, power)));

    // mpmath, 50 significant digits, each within one unit of the last.
    [Theory]
    [InlineData("1", "2.7182818284590452353602874713526624977572470937")]
    [InlineData("-1", "0.36787944117144232159552377016146086744581113103177")]
    [InlineData("0.5", "1.6487212707001281468486507878141635716537761007101")]
    [InlineData("10", "22026.465794806716516957900645284244366353512618557")]
    [InlineData("-10", "0.000045399929762484851535591515560550610237918088866565")]
    [InlineData("0.001", "1.0010005001667083416680557539930583115630762005807")]
    [InlineData("100", "26881171418161354484126255515800135873611118.773742")]
    [InlineData("-10000", "1.1354838653147360985409388750662484019574316100903e-4343")]
    [InlineData("10000", "8.8068182256629215872614960076445610035200040855915e4342")]
    public void Exp_encloses_fifty_digits(string x, string expected)
    {
        var argument = ReferenceValue.Parse(x).Value;
        AssertEncloses(DirectedRounding.ExpDown(argument), DirectedRounding.ExpUp(argument), expected);
    }

    [Theory]
    [InlineData("2", "0.69314718055994530941723212145817656807550013436026")]
    [InlineData("10", "2.3025850929940456840179914546843642076011014886288")]
    [InlineData("0.5", "-0.69314718055994530941723212145817656807550013436026")]
    [InlineData("1.0000001", "0.00000009999999500000033333330833333533333316666668095238")]
    [InlineData("1e-6", "-13.815510557964274104107948728106185245606608931773")]
    [InlineData("123456789", "18.63140176616801803319393334796320420971368184102")]
    [InlineData("3", "1.0986122886681096913952452369225257046474905578227")]
    public void Log_encloses_fifty_digits(string x, string expected)
    {
        var argument = ReferenceValue.Parse(x).Value;
        AssertEncloses(DirectedRounding.LogDown(argument), DirectedRounding.LogUp(argument), expected);
    }

    [Theory]
    [InlineData("2", "1.4142135623730950488016887242096980785696718753769")]
    [InlineData("3", "1.7320508075688772935274463415058723669428052538104")]
    [InlineData("0.1", "0.31622776601683793319988935444327185337195551393252")]
    [InlineData("12345.678", "111.11110655555546216666283772202598880818064643228")]
    public void Sqrt_encloses_fifty_digits(string x, string expected)
    {
        var argument = ReferenceValue.Parse(x).Value;
        AssertEncloses(DirectedRounding.SqrtDown(argument), DirectedRounding.SqrtUp(argument), expected);
    }

    [Fact]
    public void Exact_cases_are_exact()
    {
        Assert.Equal((Rational.One, Rational.One), (DirectedRounding.ExpDown(0), DirectedRounding.ExpUp(0)));
        Assert.Equal((Rational.Zero, Rational.Zero), (DirectedRounding.LogDown(1), DirectedRounding.LogUp(1)));
        Assert.Equal((Rational.Zero, Rational.Zero), (DirectedRounding.SqrtDown(0), DirectedRounding.SqrtUp(0)));
        var root = new Rational(BigInteger.Pow(3, 200), BigInteger.Pow(7, 150));
        Assert.Equal((root, root), (DirectedRounding.SqrtDown(root * root), DirectedRounding.SqrtUp(root * root)));
    }

    [Fact]
    public void Exp_bounds_are_tight_of_bounded_size_and_reciprocal_at_the_negative_argument() => Prop.ForAll(Arguments, x =>
    {
        var (low, high) = (DirectedRounding.ExpDown(x), DirectedRounding.ExpUp(x));
        AssertTight(low, high);

        // exp(x) exp(-x) = 1 lies between the products of the bounds.
        Assert.InRange(Rational.One, low * DirectedRounding.ExpDown(-x), high * DirectedRounding.ExpUp(-x));
        Assert.True(high >= Rational.One + x);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Exp_of_a_sum_lies_between_the_products_of_the_bounds() => Prop.ForAll(Arguments, Arguments, (x, y) =>
    {
        Assert.True(DirectedRounding.ExpDown(x) * DirectedRounding.ExpDown(y) <= DirectedRounding.ExpUp(x + y));
        Assert.True(DirectedRounding.ExpUp(x) * DirectedRounding.ExpUp(y) >= DirectedRounding.ExpDown(x + y));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Log_bounds_are_tight_and_of_bounded_size() => Prop.ForAll(Positive, x =>
    {
        var (low, high) = (DirectedRounding.LogDown(x), DirectedRounding.LogUp(x));
        AssertTight(low, high);
        Assert.Equal(x.CompareTo(Rational.One), low.Sign);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Exp_of_the_log_encloses_the_number() => Prop.ForAll(Positive, x =>
    {
        Assert.InRange(x, DirectedRounding.ExpDown(DirectedRounding.LogDown(x)), DirectedRounding.ExpUp(DirectedRounding.LogUp(x)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sqrt_bounds_are_tight_and_their_squares_enclose_the_number() => Prop.ForAll(Positive, x =>
    {
        var (low, high) = (DirectedRounding.SqrtDown(x), DirectedRounding.SqrtUp(x));
        Assert.InRange(x, low * low, high * high);
        Assert.True(low == high || high - low <= high * Tight);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bounds_are_monotone_up_to_their_width() => Prop.ForAll(Positive, Positive, (x, y) =>
    {
        var (smaller, larger) = (Rational.Min(x, y), Rational.Max(x, y));
        Assert.True(DirectedRounding.LogDown(smaller) <= DirectedRounding.LogUp(larger));
        Assert.True(DirectedRounding.SqrtDown(smaller) <= DirectedRounding.SqrtUp(larger));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Repeated_use_does_not_make_numbers_grow()
    {
        var x = new Rational(1, 3);
        for (var round = 0; round < 20; round++)
        {
            x = DirectedRounding.SqrtUp(DirectedRounding.LogUp(DirectedRounding.ExpUp(x) + Rational.One));
            Assert.True(x.Numerator.GetBitLength() <= DirectedRounding.SignificantBits && x.Denominator.IsPowerOfTwo);
        }
    }

    [Fact]
    public void Far_out_exp_is_zero_from_below_tiny_from_above_and_overflows_to_the_right()
    {
        Assert.Equal(Rational.Zero, DirectedRounding.ExpDown(-70_000));
        Assert.True(DirectedRounding.ExpUp(-70_000).Sign > 0);
        Assert.True(DirectedRounding.ExpUp(-70_000) >= DirectedRounding.ExpUp(-65_536));
        Assert.True(DirectedRounding.ExpUp(-70_000) < DirectedRounding.ExpDown(-65_535));
        Assert.Throws<OverflowException>(() => DirectedRounding.ExpUp(70_000));
        Assert.Throws<OverflowException>(() => DirectedRounding.ExpDown(70_000));
    }

    [Fact]
    public void Arguments_without_a_value_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DirectedRounding.LogUp(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DirectedRounding.LogDown(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DirectedRounding.SqrtUp(new Rational(-1, 9)));
    }

    [Fact]
    public void Doubles_are_the_nearest_on_their_side() => Prop.ForAll(Arguments, x =>
    {
        var (low, high) = (DirectedRounding.ToDoubleDown(x), DirectedRounding.ToDoubleUp(x));
        Assert.InRange(x, Rational.FromDouble(low), Rational.FromDouble(high));
        Assert.True(low.Equals(high) || Math.BitIncrement(low).Equals(high));
        Assert.Equal(Rational.FromDouble(low) == x, low.Equals(high));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Doubles_at_the_ends_of_their_range_stay_on_their_side()
    {
        var huge = Rational.FromInteger(BigInteger.Pow(10, 400));
        Assert.Equal(double.PositiveInfinity, DirectedRounding.ToDoubleUp(huge));
        Assert.Equal(double.MaxValue, DirectedRounding.ToDoubleDown(huge));
        Assert.Equal(-double.MaxValue, DirectedRounding.ToDoubleUp(-huge));
        Assert.Equal(double.Epsilon, DirectedRounding.ToDoubleUp(Rational.One / huge));
        Assert.Equal(0, DirectedRounding.ToDoubleDown(Rational.One / huge));
        Assert.Equal(3 * double.Epsilon, DirectedRounding.ToDoubleUp(Rational.FromDouble(double.Epsilon) * new Rational(21, 10)));
    }

    static void AssertTight(Rational low, Rational high)
    {
        Assert.True(low <= high);
        Assert.True(high - low <= Rational.Min(Rational.Abs(low), Rational.Abs(high)) * Tight);
        Assert.InRange(BigInteger.Abs(low.Numerator).GetBitLength(), 0, 100_000);
        Assert.True(SignificantBits(low) <= DirectedRounding.SignificantBits && SignificantBits(high) <= DirectedRounding.SignificantBits);
    }

    static long SignificantBits(Rational value)
    {
        Assert.True(value.Denominator.IsPowerOfTwo);
        return value.Sign == 0 ? 0 : BigInteger.Abs(value.Numerator).GetBitLength() - (long)BigInteger.TrailingZeroCount(value.Numerator);
    }

    static void AssertEncloses(Rational low, Rational high, string expected)
    {
        // The true value is within one unit of the printed one, and the bounds are within 2^-96 of the true value.
        var (value, unit) = ReferenceValue.Parse(expected);
        Assert.True(low <= high);
        Assert.InRange(low, value - unit - (Rational.Abs(value) * Tight), value + unit);
        Assert.InRange(high, value - unit, value + unit + (Rational.Abs(value) * Tight));
    }
}
