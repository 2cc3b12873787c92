namespace CivicSense.Privacy.Tests;

public sealed class ZeroConcentratedAccountingTests
{
    // Canonne, Kamath, Steinke 2020, corollary 13, minimised over alpha in 50-digit arithmetic (mpmath).
    [Theory]
    [InlineData(1e-6, 1e-12, 0.008546765950836892)]
    [InlineData(1e-6, 1e-6, 0.004496493980648612)]
    [InlineData(1e-6, 1e-2, 0.0)]
    [InlineData(1e-4, 1e-12, 0.09065957114579455)]
    [InlineData(1e-4, 1e-6, 0.05372712063485987)]
    [InlineData(1e-4, 1e-2, 0.0)]
    [InlineData(0.005, 1e-12, 0.6744616035978064)]
    [InlineData(0.005, 1e-6, 0.4299414688369493)]
    [InlineData(0.005, 1e-2, 0.1331847085060707)]
    [InlineData(0.028, 1e-12, 1.641445140058195)]
    [InlineData(0.028, 1e-6, 1.077558601783373)]
    [InlineData(0.028, 1e-2, 0.4304701172562145)]
    [InlineData(0.196, 1e-12, 4.549130454790136)]
    [InlineData(0.196, 1e-6, 3.096365769875467)]
    [InlineData(0.196, 1e-2, 1.505435178226769)]
    [InlineData(0.84, 1e-12, 9.976227108125611)]
    [InlineData(0.84, 1e-6, 7.021180225789055)]
    [InlineData(0.84, 1e-2, 3.867100275144977)]
    [InlineData(10.22, 1e-12, 42.7571512178856)]
    [InlineData(10.22, 1e-6, 32.69167520594096)]
    [InlineData(10.22, 1e-2, 22.24191774830813)]
    [InlineData(40.88, 1e-12, 106.5680896569706)]
    [InlineData(40.88, 1e-6, 86.61456137143579)]
    [InlineData(40.88, 1e-2, 66.0645215326335)]
    [InlineData(100, 1e-12, 203.258207148745)]
    [InlineData(100, 1e-6, 172.1775514758994)]
    [InlineData(100, 1e-2, 140.2703922544194)]
    public void Epsilon_is_the_minimum_over_orders_and_never_below_it(double rho, double delta, double expected) =>
        Assert.InRange(ZeroConcentratedAccounting.Epsilon(rho, delta), expected * (1 - 1e-15), (expected * (1 + 1e-13)) + 1e-300);

    [Fact]
    public void The_bound_is_never_below_the_curve_of_the_Gaussian()
    {
        foreach (var rho in new[] { 1e-6, 1e-4, 0.005, 0.028, 0.1, 1, 10, 100 })
        {
            foreach (var delta in new[] { 1e-12, 1e-9, 1e-6, 1e-4, 1e-2 })
                Assert.True(ZeroConcentratedAccounting.Epsilon(rho, delta) >= GaussianAccounting.Epsilon(rho, delta));

            foreach (var epsilon in new[] { 0, 0.001, 0.1, 1, 10, 300 })
                Assert.True(ZeroConcentratedAccounting.Delta(rho, epsilon) >= GaussianAccounting.Delta(rho, epsilon) * (1 - 1e-6));
        }
    }

    [Fact]
    public void The_bound_is_at_least_as_good_as_Bun_and_Steinke()
    {
        // Bun and Steinke 2016, proposition 1.3: epsilon = rho + 2 sqrt(rho ln(1/delta)).
        foreach (var rho in new[] { 1e-4, 0.028, 1, 100 })
        {
            foreach (var delta in new[] { 1e-12, 1e-6, 1e-2 })
                Assert.True(ZeroConcentratedAccounting.Epsilon(rho, delta) <= rho + (2 * Math.Sqrt(rho * Math.Log(1 / delta))));
        }
    }

    [Fact]
    public void Epsilon_and_delta_belong_to_the_same_curve()
    {
        foreach (var rho in new[] { 0.005, 0.028, 1, 10 })
        {
            var epsilon = ZeroConcentratedAccounting.Epsilon(rho, 1e-6);
            Assert.InRange(ZeroConcentratedAccounting.Delta(rho, epsilon), 1e-6 * (1 - 1e-9), 1e-6 * (1 + 1e-9));
        }
    }

    [Fact]
    public void Exact_bounds_lie_within_one_double_of_the_rounded_ones()
    {
        var (rho, delta) = (Rational.FromDouble(0.028), Rational.FromDouble(1e-6));
        var epsilon = ZeroConcentratedAccounting.EpsilonBound(rho, delta);
        Assert.Equal(DirectedRounding.ToDoubleUp(epsilon), ZeroConcentratedAccounting.Epsilon(0.028, 1e-6));
        Assert.InRange(ZeroConcentratedAccounting.DeltaBound(rho, epsilon), delta * new Rational(999_999, 1_000_000), delta);
    }

    [Fact]
    public void Nothing_lost_stays_nothing_and_everything_lost_is_at_most_one()
    {
        Assert.Equal(Rational.Zero, ZeroConcentratedAccounting.EpsilonBound(0, new Rational(1, 1000)));
        Assert.Equal(Rational.Zero, ZeroConcentratedAccounting.DeltaBound(0, 0));
        Assert.Equal(Rational.Zero, ZeroConcentratedAccounting.EpsilonBound(5, 1));
        Assert.Equal(Rational.One, ZeroConcentratedAccounting.DeltaBound(100, 0));
    }

    // At 1e-500 an order so large exists that nothing is left; at 1e500 no epsilon below rho is valid and order 2 gives 2 rho + 12.4; the
    // last is the minimum over orders in 60-digit arithmetic (mpmath).
    [Theory]
    [InlineData("1e-500", "1e-6", "0", "0")]
    [InlineData("1e500", "1e-6", "1e500", "2.000001e500")]
    [InlineData("0.028", "1e-500", "11.35221377250465765341425", "11.35221377250466")]
    public void Numbers_that_no_double_holds_still_give_a_close_bound(string rho, string delta, string lowest, string highest) =>
        Assert.InRange(
            ZeroConcentratedAccounting.EpsilonBound(ReferenceValue.Parse(rho).Value, ReferenceValue.Parse(delta).Value),
            ReferenceValue.Parse(lowest).Value, ReferenceValue.Parse(highest).Value);

    [Fact]
    public void Exact_arguments_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.EpsilonBound(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.EpsilonBound(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.EpsilonBound(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.DeltaBound(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianAccounting.DeltaBound(0, 1));
    }

    [Fact]
    public void Days_add_up_exactly_and_replacement_costs_four_times()
    {
        var rho = Rational.FromDecimal(0.028m);
        Assert.Equal(new Rational(511, 50), ZeroConcentratedAccounting.Compose(rho, 365));
        Assert.Equal(rho, ZeroConcentratedAccounting.Under(Adjacency.ZeroOut, rho));
        Assert.Equal(new Rational(14, 125), ZeroConcentratedAccounting.Under(Adjacency.ReplaceOne, rho));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.Compose(rho, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.Compose(new Rational(-1, 9), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.Under((Adjacency)7, rho));
    }
}
