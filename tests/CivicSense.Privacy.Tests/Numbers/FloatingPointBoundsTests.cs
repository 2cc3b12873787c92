namespace CivicSense.Privacy.Tests;

public sealed class FloatingPointBoundsTests
{
    [Fact]
    public void One_minus_exp_is_never_below_the_exact_value_and_close_to_it()
    {
        for (var exponent = -40.0; exponent <= 2.9; exponent += 0.01)
        {
            var y = Math.Pow(10, exponent);
            var bound = Rational.FromDouble(FloatingPointBounds.OneMinusExpUp(y));
            var exact = Rational.FromDouble(y);

            // 1 - exp(-y) from two sides: as one less a bound of the exponential, and by the first terms of its series for small y.
            var most = Rational.Min(
                Rational.One - DirectedRounding.ExpDown(-exact), exact - (exact * exact / 2) + (exact * exact * exact / 6));
            var least = Rational.Max(Rational.One - DirectedRounding.ExpUp(-exact), exact - (exact * exact / 2));
            Assert.True(bound >= most || bound == Rational.One, $"y = {y:R}");
            Assert.True(bound <= least * new Rational(100_000_000_001, 100_000_000_000), $"y = {y:R}");
        }
    }

    [Fact]
    public void One_minus_exp_never_exceeds_one() => Assert.Equal(1, FloatingPointBounds.OneMinusExpUp(1000));

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void A_sum_times_its_factor_is_never_below_the_exact_sum(int terms)
    {
        // 1 / 3 rounded, over and over: every addition errs, most of them downward or upward together.
        var (sum, exact) = (0d, Rational.FromDouble(1d / 3) * terms);
        for (var i = 0; i < terms; i++)
            sum += 1d / 3;

        Assert.True(Rational.FromDouble(sum * FloatingPointBounds.SumFactor(terms)) >= exact);
    }

    [Fact]
    public void The_square_root_of_two_pi_is_that_of_its_enclosure()
    {
        var square = Rational.FromDouble(FloatingPointBounds.SquareRootOfTwoPi)
            * Rational.FromDouble(FloatingPointBounds.SquareRootOfTwoPi);
        var tolerance = new Rational(1, 1L << 49);
        Assert.InRange(square, (ElementaryEnclosures.Pi.LowEnd * 2) - tolerance, (ElementaryEnclosures.Pi.HighEnd * 2) + tolerance);
    }

    [Fact]
    public void The_ends_of_the_range_of_double_round_to_themselves()
    {
        var largest = Rational.FromDouble(double.MaxValue);
        Assert.Equal(double.MaxValue, DirectedRounding.ToDoubleUp(largest));
        Assert.Equal(double.MinValue, DirectedRounding.ToDoubleUp(-largest));
        Assert.Equal(double.MaxValue, DirectedRounding.ToDoubleDown(largest));
        Assert.Equal(double.MinValue, DirectedRounding.ToDoubleDown(-largest));
    }

    [Fact]
    public void Just_past_the_ends_of_the_range_the_bound_is_the_end_or_infinite()
    {
        var beyond = Rational.FromDouble(double.MaxValue) + 1;
        Assert.Equal(double.PositiveInfinity, DirectedRounding.ToDoubleUp(beyond));
        Assert.Equal(double.MinValue, DirectedRounding.ToDoubleUp(-beyond));
        Assert.Equal(double.MaxValue, DirectedRounding.ToDoubleDown(beyond));
        Assert.Equal(double.NegativeInfinity, DirectedRounding.ToDoubleDown(-beyond));
    }
}
