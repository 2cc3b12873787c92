namespace CivicSense.Privacy.Tests;

public sealed class GaussianAccountingTests
{
    // Balle and Wang 2018, theorem 8, solved by bisection in 50-digit arithmetic (mpmath).
    [Theory]
    [InlineData(1e-6, 1e-12, 0.008141663473436573)]
    [InlineData(1e-6, 1e-6, 0.003991535401080414)]
    [InlineData(1e-6, 1e-2, 0.0)]
    [InlineData(1e-4, 1e-12, 0.08671002174386033)]
    [InlineData(1e-4, 1e-6, 0.04890641596754358)]
    [InlineData(1e-4, 1e-2, 0.0)]
    [InlineData(0.005, 1e-12, 0.6470081259249823)]
    [InlineData(0.005, 1e-6, 0.3968573776440836)]
    [InlineData(0.005, 1e-2, 0.09270756622567845)]
    [InlineData(0.028, 1e-12, 1.576708613096319)]
    [InlineData(0.028, 1e-6, 0.9997213705121967)]
    [InlineData(0.028, 1e-2, 0.3334326056340748)]
    [InlineData(0.196, 1e-12, 4.377180526815368)]
    [InlineData(0.196, 1e-6, 2.889053274337385)]
    [InlineData(0.196, 1e-2, 1.240476033428267)]
    [InlineData(0.84, 1e-12, 9.615404016525087)]
    [InlineData(0.84, 1e-6, 6.582799319590494)]
    [InlineData(0.84, 1e-2, 3.291442571000916)]
    [InlineData(10.22, 1e-12, 41.42135676305377)]
    [InlineData(10.22, 1e-6, 31.02930170386354)]
    [InlineData(10.22, 1e-2, 19.9358291259588)]
    [InlineData(40.88, 1e-12, 103.7478010384411)]
    [InlineData(40.88, 1e-6, 83.05873311728752)]
    [InlineData(40.88, 1e-2, 61.02740449237727)]
    [InlineData(100, 1e-12, 198.6715048640426)]
    [InlineData(100, 1e-6, 166.3622300309755)]
    [InlineData(100, 1e-2, 131.9748419293422)]
    public void Epsilon_is_that_of_fifty_digits_and_never_below_it(double rho, double delta, double expected)
    {
        var epsilon = GaussianAccounting.Epsilon(rho, delta);
        Assert.InRange(epsilon, expected * (1 - 1e-15), (expected * (1 + 1e-11)) + 1e-300);
    }

    // The same source, the curve itself.
    [Theory]
    [InlineData(1e-6, 0, 0.0005641895365319612)]
    [InlineData(1e-6, 0.005, 7.194168513658077e-8)]
    [InlineData(1e-6, 0.0099, 2.495342111097249e-16)]
    [InlineData(0.028, 0, 0.0941871532722561)]
    [InlineData(0.028, 1, 9.946903524472859e-7)]
    [InlineData(0.028, 3, 3.241803580308605e-38)]
    [InlineData(1, 5, 0.0006996072676706069)]
    [InlineData(1, 12, 5.522837110802199e-16)]
    [InlineData(100, 0, 0.9999999999984625)]
    [InlineData(100, 100, 0.4719295036280887)]
    [InlineData(100, 200, 5.081253638151358e-13)]
    public void Delta_is_that_of_fifty_digits_and_never_below_it(double rho, double epsilon, double expected)
    {
        var delta = GaussianAccounting.Delta(rho, epsilon);

        // The references are for these decimal numbers. Their doubles are off by a part in 10^16, and the curve is up to 100 times as
        // steep.
        Assert.InRange(delta, expected * (1 - 1e-14), expected * (1 + 1e-14));
    }

    [Theory]
    [InlineData(1, 1.00, 2)]
    [InlineData(7, 2.89, 2)]
    [InlineData(30, 6.58, 2)]
    [InlineData(365, 31.0, 1)]
    public void Rho_of_the_design_gives_the_stated_epsilons_at_delta_1e6(int days, double expected, int digits) =>
        Assert.Equal(expected, GaussianAccounting.Epsilon(0.028 * days, 1e-6), digits);

    [Fact]
    public void Sigma_of_epsilon_1_at_delta_1e6_is_that_of_the_analytic_Gaussian_mechanism()
    {
        // 4.224678889326835 in 50-digit arithmetic; 4.225 in print.
        var sigma = GaussianAccounting.Sigma(1, 1e-6);
        Assert.InRange(sigma, 4.224678889326834, 4.22467888933);
        Assert.InRange(GaussianAccounting.Epsilon(1 / (2 * sigma * sigma), 1e-6), 0.999999999, 1.000000001);
    }

    [Theory]
    [InlineData(0, 1e-300)]
    [InlineData(0, 1e-6)]
    [InlineData(1e-9, 1e-30)]
    [InlineData(1000, 1e-6)]
    public void Sigma_is_certain_and_no_smaller_one_is(double epsilon, double delta)
    {
        var sigma = GaussianAccounting.Sigma(epsilon, delta);
        Assert.True(GaussianAccounting.DeltaBound(RhoOf(sigma), Rational.FromDouble(epsilon)) <= Rational.FromDouble(delta));
        Assert.True(GaussianCurve.Delta(RhoOf(sigma * (1 - 1e-8)), Rational.FromDouble(epsilon)).High > Rational.FromDouble(delta));

        static Rational RhoOf(double sigma) => Rational.One / (Rational.FromDouble(sigma) * Rational.FromDouble(sigma) * 2);
    }

    [Fact]
    public void Epsilon_grows_with_rho_and_falls_with_delta()
    {
        foreach (var delta in Deltas)
        {
            var epsilons = Rhos.Select(rho => GaussianAccounting.Epsilon(rho, delta)).ToArray();
            Assert.Equal(epsilons.Order(), epsilons);
        }

        foreach (var rho in Rhos)
        {
            var epsilons = Deltas.Select(delta => GaussianAccounting.Epsilon(rho, delta)).ToArray();
            Assert.Equal(epsilons.OrderDescending(), epsilons);
        }
    }

    [Fact]
    public void Epsilon_and_delta_invert_each_other()
    {
        foreach (var rho in Rhos)
        {
            foreach (var delta in Deltas)
            {
                var epsilon = GaussianAccounting.Epsilon(rho, delta);
                Assert.True(GaussianAccounting.Delta(rho, epsilon) <= delta);
                Assert.True(epsilon == 0 || GaussianAccounting.Delta(rho, epsilon * (1 - 1e-10)) > delta);
            }
        }
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e6)]
    [InlineData(1e300)]
    public void Extreme_rho_gives_a_number_on_the_safe_side(double rho)
    {
        // Where the search in doubles fails, the result is the theorem for every zCDP mechanism.
        var epsilon = GaussianAccounting.Epsilon(rho, 1e-6);
        Assert.InRange(epsilon, 0, ZeroConcentratedAccounting.Epsilon(rho, 1e-6));
        Assert.True(GaussianAccounting.Delta(rho, epsilon) <= 1e-6 || epsilon.Equals(ZeroConcentratedAccounting.Epsilon(rho, 1e-6)));
    }

    [Theory]
    [InlineData(1e-300, 0)]
    [InlineData(1e300, 1)]
    [InlineData(0.028, 1e200)]
    [InlineData(1e300, 1e150)]
    public void Extreme_arguments_give_a_probability(double rho, double epsilon) =>
        Assert.InRange(GaussianAccounting.Delta(rho, epsilon), double.Epsilon, 1);

    [Theory]
    [InlineData(0, 1e-6)]
    [InlineData(-1, 1e-6)]
    [InlineData(double.NaN, 1e-6)]
    [InlineData(double.PositiveInfinity, 1e-6)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, double.NaN)]
    public void Arguments_outside_their_range_are_refused(double rho, double delta)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianAccounting.Epsilon(rho, delta));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZeroConcentratedAccounting.Epsilon(rho, delta));
    }

    [Theory]
    [InlineData(0.028)]
    [InlineData(0.196)]
    public void The_curve_of_one_discrete_coordinate_is_that_of_the_continuous_one(double rho)
    {
        // Canonne, Kamath, Steinke 2020, theorem 7: for a single sum that differs by D, delta is
        // P(X > eps s / D - D / 2) - exp(eps) P(X > eps s / D + D / 2) with s = sigma^2; here D = 2^16 grid units, summed from the
        // definition.
        const double Shift = 65_536;
        var variance = Shift * Shift / (2 * rho);
        foreach (var epsilon in new[] { 0.5, 1, 2 })
        {
            var centre = epsilon * variance / Shift;
            var discrete = Tail(centre - (Shift / 2)) - (Math.Exp(epsilon) * Tail(centre + (Shift / 2)));
            var continuous = GaussianAccounting.Delta(rho, epsilon);
            Assert.InRange(discrete / continuous, 1 - 1e-6, 1 + 1e-6);
        }

        double Tail(double threshold)
        {
            // Summed from the far end, so that small terms are not lost; by Poisson summation the normaliser is sigma sqrt(2 pi) to 1e-300.
            var sum = 0d;
            for (var x = Math.Floor(14 * Math.Sqrt(variance)); x > threshold; x--)
                sum += Math.Exp(-x * x / (2 * variance));

            return sum / Math.Sqrt(2 * Math.PI * variance);
        }
    }

    static double[] Rhos { get; } = [1e-6, 1e-4, 0.005, 0.028, 0.1, 1, 10, 100];

    static double[] Deltas { get; } = [1e-12, 1e-9, 1e-6, 1e-4, 1e-2];
}
