using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class LossBoundTests
{
    static readonly Rational OneInAMillion = new(1, 1_000_000);

    // rho + 2 sqrt(rho ln(1/probability)) in 60-digit arithmetic (mpmath).
    [Theory]
    [InlineData("0.028", "1e-6", "1.27192008685927999997008173529859259805066601")]
    [InlineData("0.028", "1e-9", "1.55148474680188316268416342244278782551312193")]
    [InlineData("0.112", "1e-6", "2.59984017371855999994016347059718519610133203")]
    [InlineData("0.196", "1e-6", "3.48710320066751946538398576595360593087664401")]
    [InlineData("0.84", "1e-12", "10.4753635608377498305265603633500199882668834")]
    [InlineData("10.22", "1e-6", "33.9850598907214943584013915543255931006334091")]
    [InlineData("100", "0.01", "142.919320525786944792723671405800948009399186")]
    [InlineData("1e-300", "1e-6", "7.43384437769967689390481352260896632058463218e-150")]
    [InlineData("0.028", "1e-400", "10.1845649786792210845610894829519188367541462")]
    public void The_bound_is_the_formula_rounded_up(string rho, string probability, string expected)
    {
        var bound = ZeroConcentratedAccounting.LossBound(ReferenceValue.Parse(rho).Value, ReferenceValue.Parse(probability).Value);
        var exact = ReferenceValue.Parse(expected).Value;
        var unit = exact / Rational.FromInteger(BigInteger.One << 96);
        Assert.InRange(bound, exact - unit, exact + unit + unit);
    }

    [Fact]
    public void One_day_of_the_node_leaves_a_reader_at_most_seventy_eight_point_two_percent_sure()
    {
        var loss = DirectedRounding.ToDoubleUp(ZeroConcentratedAccounting.LossBound(Rational.FromDecimal(0.028m), OneInAMillion));
        Assert.InRange(loss, 1.2719, 1.272);
        Assert.InRange(1 / (1 + Math.Exp(-loss)), 0.781, 0.782);
    }

    // For Gaussian noise the loss is normal with mean rho and variance 2 rho under the truth. Epsilon is exceeded more often than delta
    // says: a belief must be bounded by the loss and not by epsilon. NormalTail is accurate to far better than the margins here.
    [Theory]
    [InlineData(0.028, 1e-6)]
    [InlineData(0.028, 1e-9)]
    [InlineData(0.5, 1e-6)]
    [InlineData(4, 1e-6)]
    public void The_bound_holds_where_epsilon_does_not(double rho, double probability)
    {
        double Exceeded(double loss) => NormalTail.UpperTail((loss - rho) / Math.Sqrt(2 * rho));
        var bound = ZeroConcentratedAccounting.LossBound(Rational.FromDouble(rho), Rational.FromDouble(probability)).ToDouble();
        Assert.True(Exceeded(bound) < probability);
        Assert.True(Exceeded(GaussianAccounting.Epsilon(rho, probability)) > 2 * probability);
    }

    [Fact]
    public void Nothing_lost_stays_nothing_and_a_certain_excess_costs_rho_alone()
    {
        Assert.Equal(Rational.Zero, ZeroConcentratedAccounting.LossBound(0, OneInAMillion));
        Assert.Equal(new Rational(7, 256), ZeroConcentratedAccounting.LossBound(new Rational(7, 256), 1));
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_by_name()
    {
        Assert.Throws<ArgumentOutOfRangeException>("rho", () => ZeroConcentratedAccounting.LossBound(-1, OneInAMillion));
        Assert.Throws<ArgumentOutOfRangeException>("probability", () => ZeroConcentratedAccounting.LossBound(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("probability", () => ZeroConcentratedAccounting.LossBound(1, 2));
    }
}
