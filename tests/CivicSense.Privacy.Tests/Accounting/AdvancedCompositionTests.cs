namespace CivicSense.Privacy.Tests;

public sealed class AdvancedCompositionTests
{
    static readonly Rational Tenth = new(1, 10);
    static readonly Rational Millionth = new(1, 1_000_000);

    [Fact]
    public void Basic_composition_adds_up_exactly()
    {
        Assert.Equal((new Rational(3, 1), new Rational(3, 100_000)), AdvancedComposition.Basic(Tenth, Millionth, 30));
        Assert.Equal(Rational.One, AdvancedComposition.Basic(Tenth, new Rational(1, 3), 4).Delta);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Advanced_composition_is_the_formula_rounded_up(int steps)
    {
        // Dwork and Roth 2014, theorem 3.20.
        var (epsilon, delta) = AdvancedComposition.Advanced(new Rational(1, 100), Millionth / steps, steps, Millionth);
        var expected = (0.01 * Math.Sqrt(2 * steps * Math.Log(1e6))) + (steps * 0.01 * (Math.Exp(0.01) - 1));
        Assert.InRange(epsilon.ToDouble(), expected * (1 - 1e-12), expected * (1 + 1e-12));
        Assert.Equal(Millionth * 2, delta);
    }

    [Fact]
    public void Advanced_composition_of_few_large_steps_is_basic_composition() =>
        Assert.Equal((new Rational(6, 1), Millionth), AdvancedComposition.Advanced(2, 0, 3, Millionth));

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.7, 0)]
    [InlineData(1.5, 0.01)]
    [InlineData(0.3, 0.2)]
    public void Optimal_composition_is_the_hockey_stick_of_all_outcomes(double epsilon, double delta)
    {
        // The mechanism that dominates every other: with probability delta it tells everything, else it is binary randomised response.
        const int Steps = 6;
        var truth = (1 - delta) * Math.Exp(epsilon) / (1 + Math.Exp(epsilon));
        (double P, double Q)[] symbols = [(delta, 0), (truth, 1 - delta - truth), (1 - delta - truth, truth), (0, delta)];
        foreach (var total in new[] { 0, 0.05, 0.4, 1, 2.3, Steps * epsilon })
        {
            var expected = HockeyStick(1, 1, Steps);
            var optimal = AdvancedComposition.OptimalDelta(
                Rational.FromDouble(epsilon), Rational.FromDouble(delta), Steps, Rational.FromDouble(total)).ToDouble();
            Assert.InRange(optimal, expected - 1e-13, expected + 1e-13);

            double HockeyStick(double p, double q, int steps) => steps == 0
                ? Math.Max(0, p - (Math.Exp(total) * q))
                : symbols.Sum(symbol => HockeyStick(p * symbol.P, q * symbol.Q, steps - 1));
        }
    }

    [Theory]
    [InlineData(30, 0.1, 0, 1e-6)]
    [InlineData(365, 0.05, 0, 1e-6)]
    [InlineData(31, 0.2, 1e-9, 1e-6)]
    [InlineData(3, 1, 0, 0.3)]
    public void Optimal_epsilon_is_valid_and_a_smaller_one_is_not(int steps, double epsilon, double delta, double total)
    {
        var (e, d, t) = (Rational.FromDouble(epsilon), Rational.FromDouble(delta), Rational.FromDouble(total));
        var optimal = AdvancedComposition.OptimalEpsilon(e, d, steps, t);
        Assert.True(AdvancedComposition.OptimalDelta(e, d, steps, optimal) <= t);
        Assert.True(AdvancedComposition.OptimalDelta(e, d, steps, optimal * new Rational(999_999_999, 1_000_000_000)) > t);
    }

    [Fact]
    public void Optimal_composition_is_never_worse_than_the_other_two()
    {
        foreach (var steps in new[] { 1, 2, 10, 100, 365 })
        {
            var (advanced, total) = AdvancedComposition.Advanced(Tenth, Millionth / 1000, steps, Millionth);
            Assert.True(AdvancedComposition.OptimalEpsilon(Tenth, Millionth / 1000, steps, total) <= advanced);
            var basic = AdvancedComposition.Basic(Tenth, 0, steps).Epsilon;
            Assert.True(AdvancedComposition.OptimalEpsilon(Tenth, 0, steps, Millionth) <= basic);
        }
    }

    [Fact]
    public void A_step_alone_is_itself()
    {
        Assert.Equal(Tenth, AdvancedComposition.OptimalEpsilon(Tenth, Millionth, 1, Millionth));
        Assert.Equal(Millionth, AdvancedComposition.OptimalDelta(Tenth, Millionth, 1, Tenth), Within);

        static bool Within(Rational left, Rational right) => Rational.Abs(left - right) < Rational.FromDyadic(1, -120);
    }

    [Fact]
    public void Steps_without_loss_stay_without_loss()
    {
        Assert.Equal(Rational.Zero, AdvancedComposition.OptimalEpsilon(0, 0, 100, 0));
        Assert.Equal(Rational.Zero, AdvancedComposition.OptimalDelta(0, 0, 100, 0));
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused()
    {
        Assert.Equal("epsilon", Refused(() => AdvancedComposition.Basic(-1, 0, 1)));
        Assert.Equal("delta", Refused(() => AdvancedComposition.Basic(1, 2, 1)));
        Assert.Equal("steps", Refused(() => AdvancedComposition.OptimalDelta(1, 0, 0, 1)));
        Assert.Equal("slack", Refused(() => AdvancedComposition.Advanced(1, 0, 1, 0)));
        Assert.Equal("epsilon", Refused(() => AdvancedComposition.Advanced(100_000, 0, 1, 1)));
        Assert.Equal("total", Refused(() => AdvancedComposition.OptimalDelta(1, 0, 1, -1)));
        Assert.Equal("total", Refused(() => AdvancedComposition.OptimalEpsilon(1, Tenth, 5, Tenth)));

        static string? Refused(Func<object> action) => Assert.Throws<ArgumentOutOfRangeException>(action).ParamName;
    }
}
