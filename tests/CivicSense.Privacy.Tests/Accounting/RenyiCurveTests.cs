namespace CivicSense.Privacy.Tests;

public sealed class RenyiCurveTests
{
    static readonly Rational Millionth = new(1, 1_000_000);

    [Fact]
    public void Default_orders_increase_from_just_above_1_to_1024()
    {
        Assert.Equal(new Rational(101, 100), RenyiCurve.DefaultOrders[0]);
        Assert.Equal(new Rational(1024, 1), RenyiCurve.DefaultOrders[^1]);
        Assert.Equal(RenyiCurve.DefaultOrders.Order().Distinct(), RenyiCurve.DefaultOrders);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.7)]
    [InlineData(3)]
    [InlineData(40)]
    public void Pure_loss_is_that_of_randomised_response(double epsilon)
    {
        var curve = RenyiCurve.OfPure(Rational.FromDouble(epsilon));
        AssertLosses(curve, 1e-9, order =>
        {
            // Mironov 2017, proposition 5; the larger power is taken out of the sum.
            var ratio = Math.Exp((1 - (2 * order)) * epsilon);
            return epsilon + ((double.LogP1(ratio) - double.LogP1(Math.Exp(-epsilon))) / (order - 1));
        });
        Assert.All(curve.Losses, loss => Assert.True(loss <= Rational.FromDouble(epsilon)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(10, 3)]
    [InlineData(1000, 50)]
    [InlineData(1, 4)]
    public void Discrete_laplace_loss_is_the_sum_of_the_definition(int scale, int sensitivity) =>
        AssertLosses(RenyiCurve.OfDiscreteLaplace(scale, sensitivity), 1e-8, order =>
        {
            var normaliser = Math.Tanh(0.5 / scale);
            var sum = 0d;
            for (var x = -45 * scale; x <= sensitivity + (45 * scale); x++)
            {
                // Relative to exp((alpha - 1) sensitivity / scale), so that large orders do not overflow.
                var exponent = -(order * Math.Abs(x)) + ((order - 1) * Math.Abs(x - sensitivity)) - ((order - 1) * sensitivity);
                sum += normaliser * Math.Exp(exponent / scale);
            }

            return ((double)sensitivity / scale) + (Math.Log(sum) / (order - 1));
        });

    [Fact]
    public void Epsilon_of_zero_concentrated_privacy_is_that_of_the_best_order_within_one_percent()
    {
        foreach (var days in new[] { 1, 7, 30, 365 })
        {
            var rho = new Rational(28, 1000) * days;
            var best = ZeroConcentratedAccounting.EpsilonBound(rho, Millionth);
            var curve = RenyiCurve.OfZeroConcentrated(rho).EpsilonBound(Millionth);
            Assert.InRange(curve, best * (Rational.One - Rational.FromDyadic(1, -40)), best * new Rational(101, 100));
        }
    }

    [Fact]
    public void Epsilon_and_delta_are_on_one_curve()
    {
        var curve = RenyiCurve.OfPure(new Rational(1, 10)).Compose(100);
        var epsilon = curve.EpsilonBound(Millionth);
        Assert.InRange(curve.DeltaBound(epsilon), Millionth * new Rational(999, 1000), Millionth);
        Assert.True(epsilon >= AdvancedComposition.OptimalEpsilon(new Rational(1, 10), 0, 100, Millionth));
        Assert.True(epsilon <= AdvancedComposition.Advanced(new Rational(1, 10), 0, 100, Millionth).Epsilon);
    }

    [Fact]
    public void Losses_add_up_order_by_order()
    {
        var (gaussian, laplace) = (RenyiCurve.OfZeroConcentrated(new Rational(1, 50)), RenyiCurve.OfDiscreteLaplace(7, 2));
        Assert.Equal(gaussian.Compose(laplace), laplace.Compose(gaussian));
        Assert.Equal(gaussian.Compose(gaussian).Compose(gaussian), gaussian.Compose(3));
        Assert.Equal(RenyiCurve.OfZeroConcentrated(new Rational(3, 50)), gaussian.Compose(3));
        Assert.Equal(laplace, laplace.Compose(RenyiCurve.Zero));
        Assert.Equal(Rational.Zero, RenyiCurve.Zero.EpsilonBound(Rational.One));
    }

    [Fact]
    public void Being_within_a_limit_means_at_every_order()
    {
        RenyiCurve limit = Two(1, 2);
        Assert.True(Two(1, 2).IsWithin(limit));
        Assert.True(Two(0, 2).IsWithin(limit));
        Assert.False(Two(0, 3).IsWithin(limit));
        Assert.False(Two(2, 2).IsWithin(limit));
    }

    [Fact]
    public void Equality_is_by_value()
    {
        Assert.Equal(Two(1, 2), Two(1, 2));
        Assert.Equal(Two(1, 2).GetHashCode(), Two(1, 2).GetHashCode());
        Assert.NotEqual(Two(1, 2), Two(1, 3));
        Assert.NotEqual(new RenyiCurve([2], [1]), new RenyiCurve([3], [1]));
    }

    [Fact]
    public void Curves_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RenyiCurve([], []));
        Assert.Throws<ArgumentException>(() => new RenyiCurve([2, 3], [1]));
        Assert.Equal("orders", Refused(() => new RenyiCurve([1], [0])));
        Assert.Equal("orders", Refused(() => new RenyiCurve([3, 2], [0, 0])));
        Assert.Equal("losses", Refused(() => new RenyiCurve([2], [-1])));
        Assert.Equal("losses", Refused(() => new RenyiCurve([2, 3], [2, 1])));
        Assert.Equal("scale", Refused(() => RenyiCurve.OfDiscreteLaplace(0, 1)));
        Assert.Equal("sensitivity", Refused(() => RenyiCurve.OfDiscreteLaplace(1, 0)));
        Assert.Equal("epsilon", Refused(() => RenyiCurve.OfPure(-1)));
        Assert.Equal("rho", Refused(() => RenyiCurve.OfZeroConcentrated(-1)));
        Assert.Equal("times", Refused(() => Two(1, 2).Compose(0)));
        Assert.Equal("delta", Refused(() => Two(1, 2).EpsilonBound(0)));
        Assert.Throws<ArgumentException>(() => Two(1, 2).Compose(RenyiCurve.Zero));
        Assert.Throws<ArgumentException>(() => Two(1, 2).IsWithin(RenyiCurve.Zero));

        static string? Refused(Func<object> action) => Assert.Throws<ArgumentOutOfRangeException>(action).ParamName;
    }

    static RenyiCurve Two(Rational first, Rational second) => new([2, 3], [first, second]);

    static void AssertLosses(RenyiCurve curve, double tolerance, Func<double, double> expected)
    {
        foreach (var (order, loss) in curve.Orders.Zip(curve.Losses))
        {
            var reference = expected(order.ToDouble());
            Assert.InRange(loss.ToDouble(), reference * (1 - tolerance), reference * (1 + tolerance));
        }
    }
}
