using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class EnclosureTests
{
    static readonly Arbitrary<(Rational Low, Rational Inside, Rational High)> Intervals = Arb.From(
        from a in Gen.Choose(-2_000_000, 2_000_000)
        from first in Gen.Choose(0, 1000)
        from second in Gen.Choose(0, 1000)
        let low = new Rational(a, 7919)
        select (low, low + new Rational(first, 3001), low + new Rational(first + second, 3001)));

    [Fact]
    public void Every_operation_contains_the_exact_result() => Prop.ForAll(Intervals, Intervals, (x, y) =>
    {
        var (left, right) = (Enclosure.Between(x.Low, x.High), Enclosure.Between(y.Low, y.High));
        AssertContains(left + right, x.Inside + y.Inside);
        AssertContains(left - right, x.Inside - y.Inside);
        AssertContains(left * right, x.Inside * y.Inside);
        AssertContains(left * -3, x.Inside * -3);
        if (y.Low.Sign > 0)
            AssertContains(left / right, x.Inside / y.Inside);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Operations_on_points_are_tight() => Prop.ForAll(Intervals, Intervals, (x, y) =>
    {
        var product = Enclosure.Of(x.Low) * Enclosure.Of(y.Low);
        Assert.True(product.HighEnd - product.LowEnd < Rational.FromDyadic(1, 12 - Enclosure.FractionBits));
        if (y.Low.Sign > 0)
        {
            var quotient = Enclosure.Of(x.Low) / Enclosure.Of(y.Low);
            Assert.True(quotient.HighEnd - quotient.LowEnd < Rational.FromDyadic(1, 48 - Enclosure.FractionBits));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dividing_by_an_interval_that_touches_zero_throws() =>
        Assert.Throws<DivideByZeroException>(() => Enclosure.One / Enclosure.Between(0, 1));

    [Fact]
    public void Constants_are_those_of_fifty_digits()
    {
        // mpmath, 50 digits.
        AssertDigits(ElementaryEnclosures.Pi, "3.1415926535897932384626433832795028841971693993751");
        AssertDigits(ElementaryEnclosures.LogTwo, "0.69314718055994530941723212145817656807550013436026");
    }

    static void AssertDigits(Enclosure enclosure, string digits)
    {
        var (value, unit) = ReferenceValue.Parse(digits);
        Assert.InRange(enclosure.LowEnd, value - unit, value + unit);
        Assert.InRange(enclosure.HighEnd, enclosure.LowEnd, value + unit);
        Assert.True(enclosure.HighEnd - enclosure.LowEnd < Rational.FromDyadic(1, -208));
    }

    static void AssertContains(Enclosure enclosure, Rational value) => Assert.InRange(value, enclosure.LowEnd, enclosure.HighEnd);
}
