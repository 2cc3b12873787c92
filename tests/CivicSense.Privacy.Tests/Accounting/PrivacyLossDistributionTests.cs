namespace CivicSense.Privacy.Tests;

public sealed class PrivacyLossDistributionTests
{
    static readonly Rational NodeRho = new(28, 1000);

    [Fact]
    public void Composed_gaussian_is_the_exact_curve_from_above_within_a_thousandth()
    {
        var day = PrivacyLossDistribution.Gaussian(NodeRho);
        foreach (var days in new[] { 1, 2, 3, 7, 30, 90, 365 })
        {
            var exact = GaussianAccounting.Epsilon(DirectedRounding.ToDoubleDown(NodeRho * days), 1e-6);
            Assert.InRange(day.Compose(days).Epsilon(1e-6), exact * (1 - 1e-11), exact * 1.001);
        }
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1, 2)]
    [InlineData(20, 1)]
    public void Gaussian_delta_is_never_below_the_exact_curve(int numerator, int denominator)
    {
        var rho = new Rational(numerator, denominator);
        var distribution = PrivacyLossDistribution.Gaussian(rho);
        foreach (var times in new[] { 1, 5, 16 })
        {
            var composed = distribution.Compose(times);
            foreach (var epsilon in new[] { 0, 0.05, 0.3, 1, 4, 20, 60 })
            {
                var exact = GaussianCurve.Delta(rho * times, Rational.FromDouble(epsilon)).Low;
                Assert.True(Rational.FromDouble(composed.Delta(epsilon)) >= exact);
                Assert.True(composed.Delta(epsilon) <= (exact.ToDouble() * 1.01) + 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(1, 1.00, 1.08)]
    [InlineData(7, 2.89, 3.10)]
    [InlineData(30, 6.58, 7.02)]
    [InlineData(365, 31.0, 32.7)]
    public void Check_row_of_the_node_with_one_shift_by_the_whole_norm_each_day(int days, double curve, double theorem)
    {
        // rho 0.028, norm bound 2^16 grid units, sigma about 277,000 of them; delta 1e-6. See docs/privacy/privacy-loss-distribution.md for
        // what this is and what it is not.
        var epsilon = NodeDay.Value.Compose(days).Epsilon(1e-6);
        var rho = DirectedRounding.ToDoubleDown(NodeRho * days);
        var continuous = GaussianAccounting.Epsilon(rho, 1e-6);
        TestContext.Current.TestOutputHelper?.WriteLine($"{days} days: {epsilon:R} by the discrete law, {continuous:R} by the exact curve");
        Assert.InRange(epsilon, continuous * (1 - 1e-6), continuous * (1 + 1e-3));
        Assert.Equal(curve, epsilon, 0.051);
        Assert.True(epsilon < theorem);
        Assert.Equal(theorem, ZeroConcentratedAccounting.Epsilon(rho, 1e-6), 0.0501);
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(30, 1, 5)]
    [InlineData(500, 1, 60)]
    public void Discrete_gaussian_is_the_sum_of_its_definition_from_above(int numerator, int denominator, int shift)
    {
        // Canonne, Kamath, Steinke 2020, theorem 7: delta is the sum of max(0, P(x) - exp(epsilon) P(x - shift)).
        var variance = (double)numerator / denominator;
        var reach = (int)(40 * Math.Sqrt(variance)) + 40;
        var law = Enumerable.Range(-reach, (2 * reach) + 1).ToDictionary(x => x, x => Math.Exp(-x * (double)x / (2 * variance)));
        var normaliser = law.Values.Sum();
        var distribution = PrivacyLossDistribution.DiscreteGaussian(new Rational(numerator, denominator), shift);
        foreach (var epsilon in new[] { 0, 0.3, 1, 2, 5 })
        {
            var exact = law.Sum(point => Math.Max(0, point.Value - (Math.Exp(epsilon) * law.GetValueOrDefault(point.Key - shift))));
            exact /= normaliser;
            Assert.InRange(distribution.Delta(epsilon), exact * (1 - 1e-11), (exact * 1.001) + 1e-13);
        }
    }

    [Fact]
    public void Discrete_gaussian_noise_too_wide_to_be_enumerated_has_nearly_the_continuous_curve()
    {
        var shift = 1L << 40;
        var distribution = PrivacyLossDistribution.DiscreteGaussian((Rational)shift * shift / (NodeRho * 2), shift);
        var exact = GaussianAccounting.Epsilon(0.028, 1e-6);
        Assert.InRange(distribution.Epsilon(1e-6), exact * (1 - 1e-9), exact * (1 + 1e-4));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 3)]
    [InlineData(700, 1000)]
    public void Discrete_laplace_is_its_closed_form_from_above(int scale, int sensitivity)
    {
        var distribution = PrivacyLossDistribution.DiscreteLaplace(scale, sensitivity);
        var ratio = Math.Exp(-1.0 / scale);
        foreach (var epsilon in new[] { 0, 0.1, 0.25, 0.5, 0.9 })
        {
            // All outputs up to the last one whose loss exceeds epsilon are worth keeping; their masses are geometric sums.
            var last = Math.Ceiling((sensitivity - (epsilon * scale)) / 2) - 1;
            var exact = Below(last) - (Math.Exp(epsilon) * Below(last - sensitivity));
            Assert.InRange(distribution.Delta(epsilon), (exact * (1 - 1e-9)) - 1e-15, (Math.Max(0, exact) * 1.001) + 1e-12);
        }

        Assert.Equal((double)sensitivity / scale, distribution.Epsilon(1e-12), 1e-3);

        double Below(double x) => x < 0 ? Math.Pow(ratio, -x) / (1 + ratio) : 1 - (Math.Pow(ratio, x + 1) / (1 + ratio));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(365)]
    public void Composed_randomised_response_is_the_binomial_sum(int steps)
    {
        // 1/8 is a multiple of the grid step, so that only rounding is left. The sum is that of Kairouz, Oh, Viswanath 2015.
        var composed = PrivacyLossDistribution.RandomizedResponse(new Rational(1, 8)).Compose(steps);
        foreach (var epsilon in new[] { 0, 0.5, 1.3, 4, 10 })
        {
            var exact = AdvancedComposition.OptimalDelta(new Rational(1, 8), 0, steps, Rational.FromDouble(epsilon)).ToDouble();
            Assert.InRange(composed.Delta(epsilon), exact * (1 - 1e-13), (exact * (1 + 1e-9)) + composed.SmallestDelta);
        }

        Assert.InRange(composed.SmallestDelta, 0, 1e-9);
    }

    [Theory]
    [InlineData(0.1, 0, 30)]
    [InlineData(0.3, 1e-8, 50)]
    [InlineData(1.7, 0.001, 4)]
    public void Composition_theorems_are_never_below_the_distribution_that_attains_them(double epsilon, double delta, int steps)
    {
        var (e, d) = (Rational.FromDouble(epsilon), Rational.FromDouble(delta));
        var composed = PrivacyLossDistribution.OfApproximate(e, d).Compose(steps);
        var (advanced, total) = AdvancedComposition.Advanced(e, d, steps, new Rational(1, 100_000));
        var optimal = AdvancedComposition.OptimalEpsilon(e, d, steps, total).ToDouble();
        var attained = composed.Epsilon(DirectedRounding.ToDoubleDown(total));

        // The optimal theorem is exactly this distribution: equal up to the discretisation.
        Assert.InRange(attained, optimal * (1 - 1e-9), optimal * (1 + 2e-4));

        // One grid step per repetition is the most that the discretisation can add.
        var discretisation = Rational.FromDyadic(steps, -10).ToDouble();
        Assert.True(attained <= advanced.ToDouble() + discretisation);
        var (largest, failures) = AdvancedComposition.Basic(e, d, steps);
        Assert.True(composed.Delta(largest.ToDouble() + discretisation) <= failures.ToDouble() + 1e-9);
    }

    [Fact]
    public void Both_directions_count()
    {
        // Only the first data set can lead to the first output, so one direction fails with probability 1/10 and the other never.
        Rational[] first = [new(1, 10), new(9, 10)];
        Rational[] second = [0, 1];
        var distribution = PrivacyLossDistribution.OfOutputs(first, second);
        var exchanged = PrivacyLossDistribution.OfOutputs(second, first);
        Assert.Equal(0.1, distribution.Delta(1), 1e-12);
        Assert.Equal(distribution.Delta(1), exchanged.Delta(1));
        Assert.Equal(0.19, distribution.Compose(2).Delta(1), 1e-12);
        Assert.Equal(double.PositiveInfinity, distribution.Epsilon(0.05));
    }

    [Fact]
    public void Different_mechanisms_compose_to_the_hockey_stick_of_all_pairs_of_outputs()
    {
        Rational[] p = [new(5, 10), new(3, 10), new(2, 10)];
        Rational[] q = [new(2, 10), new(3, 10), new(5, 10)];
        Rational[] r = [new(1, 8), new(7, 8)];
        Rational[] s = [new(1, 3), new(2, 3)];
        var composed = PrivacyLossDistribution.OfOutputs(p, q, 14).Compose(PrivacyLossDistribution.OfOutputs(r, s, 14));
        foreach (var epsilon in new[] { 0, 0.2, 0.7, 1.5 })
        {
            var exact = Math.Max(HockeyStick(p, r, q, s, epsilon), HockeyStick(q, s, p, r, epsilon));
            Assert.InRange(composed.Delta(epsilon), exact * (1 - 1e-12), exact + 1e-7);
        }

        static double HockeyStick(Rational[] p, Rational[] r, Rational[] q, Rational[] s, double epsilon) => (
            from i in Enumerable.Range(0, p.Length)
            from j in Enumerable.Range(0, r.Length)
            select Math.Max(0, (p[i] * r[j]).ToDouble() - (Math.Exp(epsilon) * (q[i] * s[j]).ToDouble()))).Sum();
    }

    [Fact]
    public void Delta_falls_with_epsilon_and_epsilon_inverts_it()
    {
        var composed = PrivacyLossDistribution.DiscreteLaplace(5, 1).Compose(20).Compose(PrivacyLossDistribution.Gaussian(NodeRho));
        var deltas = Enumerable.Range(0, 40).Select(i => composed.Delta(i / 8d)).ToArray();
        Assert.Equal(deltas.OrderDescending(), deltas);
        foreach (var delta in new[] { 1e-9, 1e-6, 1e-3, 0.1 })
        {
            var epsilon = composed.Epsilon(delta);
            Assert.True(composed.Delta(epsilon) <= delta);
            Assert.True(epsilon == 0 || composed.Delta(epsilon * 0.999999) > delta);
        }
    }

    [Fact]
    public void Bounds_on_the_errors_of_the_transform_are_part_of_every_delta()
    {
        // The bound on the errors of the transforms is far above the tails that are cut.
        var day = PrivacyLossDistribution.Gaussian(NodeRho, 12);
        Assert.InRange(day.SmallestDelta, 0, 1e-19);
        var month = day.Compose(30);
        Assert.InRange(month.SmallestDelta, 1e-13, 1e-9);
        Assert.InRange(month.Delta(500), month.SmallestDelta, month.SmallestDelta * (1 + 1e-9));
        Assert.Equal(double.PositiveInfinity, month.Epsilon(month.SmallestDelta / 2));
    }

    [Fact]
    public void A_finer_grid_is_closer()
    {
        var exact = GaussianAccounting.Epsilon(0.196, 1e-6);
        var excess = new[] { 4, 6, 8 }
            .Select(bits => PrivacyLossDistribution.Gaussian(NodeRho, bits).Compose(7).Epsilon(1e-6) - exact)
            .ToArray();
        Assert.Equal(excess.OrderDescending(), excess);
        Assert.All(excess, value => Assert.True(value > 0));
    }

    [Fact]
    public void Nothing_lost_stays_nothing()
    {
        var nothing = PrivacyLossDistribution.OfApproximate(0, 0).Compose(100);
        Assert.Equal(0, nothing.Epsilon(1e-12));
        Assert.InRange(nothing.Delta(0), 0, 1e-15);
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused()
    {
        Assert.Equal("stepBits", Refused(() => PrivacyLossDistribution.Gaussian(1, 3)));
        Assert.Equal("stepBits", Refused(() => PrivacyLossDistribution.Gaussian(1, 21)));
        Assert.Equal("stepBits", Refused(() => PrivacyLossDistribution.Gaussian(900, 20)));
        Assert.Equal("rho", Refused(() => PrivacyLossDistribution.Gaussian(0)));
        Assert.Equal("rho", Refused(() => PrivacyLossDistribution.Gaussian(1001)));
        Assert.Equal("sigmaSquared", Refused(() => PrivacyLossDistribution.DiscreteGaussian(0, 1)));
        Assert.Equal("shift", Refused(() => PrivacyLossDistribution.DiscreteGaussian(1, 0)));
        Assert.Equal("shift", Refused(() => PrivacyLossDistribution.DiscreteGaussian(1, 100)));
        Assert.Equal("scale", Refused(() => PrivacyLossDistribution.DiscreteLaplace(0, 1)));
        Assert.Equal("sensitivity", Refused(() => PrivacyLossDistribution.DiscreteLaplace(1, 0)));
        Assert.Equal("epsilon", Refused(() => PrivacyLossDistribution.RandomizedResponse(-1)));
        Assert.Equal("delta", Refused(() => PrivacyLossDistribution.OfApproximate(1, 2)));
        var one = PrivacyLossDistribution.RandomizedResponse(1);
        Assert.Equal("times", Refused(() => one.Compose(0)));
        Assert.Equal("epsilon", Refused(() => one.Delta(double.NaN)));
        Assert.Equal("delta", Refused(() => one.Epsilon(0)));
        Assert.Throws<ArgumentException>(() => one.Compose(PrivacyLossDistribution.RandomizedResponse(1, 8)));
        Assert.Throws<ArgumentException>(() => PrivacyLossDistribution.OfOutputs([1], [new Rational(1, 2), new Rational(1, 2)]));
        Assert.Throws<ArgumentException>(() => PrivacyLossDistribution.OfOutputs([1], [new Rational(1, 2)]));
        Assert.Throws<ArgumentException>(() => PrivacyLossDistribution.OfOutputs([2, -1], [1, 0]));

        static string? Refused(Func<object> action) => Assert.Throws<ArgumentOutOfRangeException>(action).ParamName;
    }

    static Lazy<PrivacyLossDistribution> NodeDay { get; } = new(
        () => PrivacyLossDistribution.DiscreteGaussian((Rational)65_536 * 65_536 / (NodeRho * 2), 65_536));
}
