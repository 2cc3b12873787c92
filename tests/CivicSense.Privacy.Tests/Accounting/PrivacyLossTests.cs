namespace CivicSense.Privacy.Tests;

public sealed class PrivacyLossTests
{
    [Fact]
    public void States_both_adjacencies_for_a_day_a_week_a_month_and_a_year()
    {
        var loss = new PrivacyLoss(Rational.FromDecimal(0.028m));
        Assert.Equal(1e-6, loss.Delta);
        Assert.Equal([1, 7, 30, 365, 1, 7, 30, 365], loss.Rows.Select(row => row.OwnerDays));
        Assert.All(loss.Rows.Take(4), row => Assert.Equal(Adjacency.ZeroOut, row.Adjacency));
        Assert.All(loss.Rows.Skip(4), row => Assert.Equal(Adjacency.ReplaceOne, row.Adjacency));
        Assert.Equal(new Rational(511, 50), loss.Rows[3].Rho);
        Assert.Equal(new Rational(1022, 25), loss.Rows[7].Rho);

        // 50-digit arithmetic (mpmath): rho 0.028, 0.196, 0.84, 10.22 and 40.88 at delta 1e-6, both conversions.
        double[] epsilons = [0.9997213705121967, 2.889053274337385, 6.582799319590494, 31.02930170386354];
        double[] bounds = [1.077558601783373, 3.096365769875467, 7.021180225789055, 32.69167520594096];
        for (var i = 0; i < 4; i++)
        {
            Assert.InRange(loss.Rows[i].Epsilon, epsilons[i], epsilons[i] * (1 + 1e-9));
            Assert.InRange(loss.Rows[i].EpsilonBound, bounds[i], bounds[i] * (1 + 1e-9));
        }

        Assert.InRange(loss.Rows[7].Epsilon, 83.05873311728752, 83.05873318);
        Assert.InRange(loss.Rows[7].EpsilonBound, 86.61456137143579, 86.61456146);
    }

    [Fact]
    public void The_theorem_is_never_below_the_curve() =>
        Assert.All(new PrivacyLoss(new Rational(1, 200), 1e-9).Rows, row => Assert.True(row.EpsilonBound >= row.Epsilon));

    [Fact]
    public void Equal_parameters_make_equal_statements()
    {
        Assert.Equal(new PrivacyLoss(new Rational(1, 200)), new PrivacyLoss(new Rational(2, 400)));
        Assert.NotEqual(new PrivacyLoss(new Rational(1, 200)), new PrivacyLoss(new Rational(1, 200), 1e-7));
    }

    [Fact]
    public void Refuses_parameters_outside_their_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrivacyLoss(Rational.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrivacyLoss(Rational.One, 0));
    }
}
