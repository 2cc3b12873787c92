using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class ExpMinusEnclosureTests
{
    static readonly Arbitrary<(Rational Y, int Bits)> Exponents = Arb.From(
        from numerator in Gen.Choose(0, int.MaxValue)
        from shift in Gen.Choose(-30, 40)
        from odd in Gen.Choose(1, 1_000)
        from bits in Gen.Elements(64, 128, 192, 300)
        select (Rational.FromDyadic(numerator, -shift - 10) / odd, bits));

    [Fact]
    public void Encloses_the_exponential_closely() => Prop.ForAll(Exponents, point =>
    {
        var (y, bits) = point;
        var (low, high) = ExpMinusEnclosure.Of(y, bits);
        var exact = y > 1L << 40 ? 0 : ExactExponential.Scaled(y, bits);
        Assert.InRange(exact, low, high); // low is whole, so it is at most the exact value when it is at most its floor
        Assert.True(high - low <= 2, $"{high - low}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Its_bounds_and_those_of_directed_rounding_enclose_the_same_number() => Prop.ForAll(Exponents, point =>
    {
        var (low, high) = ExpMinusEnclosure.Of(point.Y, point.Bits);
        Assert.True(Rational.FromDyadic(low, -point.Bits) <= DirectedRounding.ExpUp(-point.Y));
        Assert.True(Rational.FromDyadic(high, -point.Bits) >= DirectedRounding.ExpDown(-point.Y));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void One_is_exact_up_to_the_last_digit()
    {
        var (low, high) = ExpMinusEnclosure.Of(0, 64);
        Assert.InRange(BigInteger.One << 64, low, high);
    }
}
