namespace CivicSense.Privacy.Tests;

public sealed class GaussianCurveTests
{
    // Balle and Wang 2018, theorem 8, in 300-digit arithmetic (mpmath).
    [Theory]
    [InlineData("1e-6", "0", "0.0005641895365319611841530761540829830409208")]
    [InlineData("0.028", "1", "0.0000009946903524472859086754133610637588926658")]
    [InlineData("0.028", "3", "3.241803580308604531658845892530123954618e-38")]
    [InlineData("1", "5", "0.0006996072676706069011942494017115669396134")]
    [InlineData("1", "12", "5.52283711080219910865257131287652150366e-16")]
    [InlineData("100", "0", "0.9999999999984625402055719651498116565146")]
    [InlineData("100", "100", "0.4719295036280887070712413063897658442174")]
    [InlineData("100", "200", "5.081253638151358435993212538473410793972e-13")]
    [InlineData("10.22", "31", "0.000001032275717511691760569502053799839715987")]
    [InlineData("1e-12", "1e-5", "1.481350340417762006718335804328897088775e-19")]
    [InlineData("0.5", "0.499", "0.2386833550858311248407297410296314943153")]
    [InlineData("2", "40", "8.082866373294298835808910760957939550501e-82")]
    public void Delta_encloses_forty_digits(string rho, string epsilon, string expected)
    {
        var (low, high) = GaussianCurve.Delta(ReferenceValue.Parse(rho).Value, ReferenceValue.Parse(epsilon).Value);
        var (value, unit) = ReferenceValue.Parse(expected);
        Assert.InRange(low, Rational.Zero, value + unit);
        Assert.True(high >= value - unit);
        Assert.True(high - low <= value * Rational.FromDyadic(1, -90));
    }

    [Fact]
    public void Both_sides_of_epsilon_equal_to_rho_agree()
    {
        // There near changes its sign and the method changes with it.
        foreach (var rho in new Rational[] { new(1, 1_000_000), new(28, 1000), 1, 40 })
        {
            var step = rho * Rational.FromDyadic(1, -80);
            var (left, right) = (GaussianCurve.Delta(rho, rho - step), GaussianCurve.Delta(rho, rho + step));
            Assert.True(right.Low <= left.High);
            Assert.True(left.High - right.Low <= Rational.FromDyadic(1, -75) * left.High);
        }
    }

    [Fact]
    public void Extremes_are_bounded_by_trivial_statements()
    {
        Assert.Equal(Rational.One, GaussianCurve.Delta(1_000_000, 0).High);
        var tiny = ReferenceValue.Parse("1e-400").Value;
        Assert.InRange(GaussianCurve.Delta(tiny, 0).High, Rational.Zero, ReferenceValue.Parse("1e-200").Value);
        Assert.True(GaussianCurve.Delta(new Rational(28, 1000), ReferenceValue.Parse("1e100").Value).High < tiny);
    }
}
