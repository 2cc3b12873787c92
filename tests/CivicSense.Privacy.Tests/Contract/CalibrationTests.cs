namespace CivicSense.Privacy.Tests;

public sealed class CalibrationTests
{
    static readonly AtomDomain<Int128> Integers = new();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(1, 3)]
    [InlineData(5, 1)]
    [InlineData(1, 70_000)]
    public void Closed_forms_are_found_where_they_are_multiples_of_the_step(int numerator, int denominator)
    {
        // Laplace: epsilon = d / scale. Gaussian: rho = d^2 / (2 sigma^2).
        var loss = new Rational(numerator, denominator);
        Assert.Equal(2 / loss, Calibration.SmallestScale(Laplace, 2, loss, step: new Rational(1, 5)));
        Assert.Equal(2 / loss, Calibration.SmallestScale(Gaussian, 2, loss, step: new Rational(1, 5)));
    }

    [Theory]
    [InlineData(1, 3, 1000)]
    [InlineData(22, 7, 64)]
    [InlineData(1, 1_000_003, 7)]
    public void The_answer_suffices_and_the_multiple_below_does_not(int numerator, int denominator, int stepDenominator)
    {
        var (loss, step) = (new Rational(numerator, denominator), new Rational(1, stepDenominator));
        var scale = Calibration.SmallestScale(Gaussian, 3, loss, step);
        Assert.True(Gaussian(scale).Check(3, loss));
        Assert.True((scale / step).Denominator.IsOne);
        Assert.True(scale == step || !Gaussian(scale - step).Check(3, loss));
    }

    [Fact]
    public void Whole_chains_are_calibrated_to_epsilon_and_delta()
    {
        // One day of the node: rho = 0.028 is epsilon 1.08 at delta 1e-6 by the theorem (docs/privacy/accounting.md), so sigma^2 = 17.86.
        var limit = new ApproximateLoss<Rational>(new Rational(108, 100), new Rational(1, 1_000_000));
        var sigmaSquared = Calibration.SmallestScale(
            parameter => Count.Of(Domains.Any<string>())
                .Then(number => DiscreteGaussianMechanism.Scalar(number, parameter))
                .ZeroConcentratedToApproximate(limit.Delta),
            inputDistance: 1,
            limit);
        Assert.InRange(sigmaSquared, new Rational(175, 10), new Rational(180, 10));
    }

    [Fact]
    public void The_smallest_parameter_is_one_step_also_where_anything_would_do() =>
        Assert.Equal(new Rational(1, 1000), Calibration.SmallestScale(Laplace, 0, Rational.Zero));

    [Fact]
    public void The_end_of_the_mechanisms_range_is_reached_exactly_and_not_passed()
    {
        var largest = Rational.FromDyadic(1, 64);
        Assert.Equal(largest, Calibration.SmallestScale(Laplace, 1, 1 / largest, step: largest / 3));
        Domains.AssertRefused("limit", () => Calibration.SmallestScale(Laplace, 1, 1 / (largest + 1)));
        Domains.AssertRefused("limit", () => Calibration.SmallestScale(Laplace, 1, Rational.Zero));
    }

    [Fact]
    public void A_search_without_an_end_ends()
    {
        var measurement = Pieces.SumAnswer(Rational.One);
        Domains.AssertRefused("limit", () => Calibration.SmallestScale(_ => measurement, 1, Rational.Zero));
    }

    [Fact]
    public void Steps_distances_and_limits_outside_their_range_are_refused()
    {
        Domains.AssertRefused("step", () => Calibration.SmallestScale(Laplace, 1, 1, step: Rational.Zero));
        Domains.AssertRefused("inputDistance", () => Calibration.SmallestScale(Laplace, -1, 1));
        Domains.AssertRefused("loss", () => Calibration.SmallestScale(Laplace, 1, -1));
        Domains.AssertRefused("measurement", () => Calibration.SmallestScale<Int128, Int128, Rational>(null!, 1, 1));
    }

    static Measurement<Int128, Int128, Rational> Laplace(Rational scale) => DiscreteLaplaceMechanism.Scalar(Integers, scale);

    static Measurement<Int128, Int128, Rational> Gaussian(Rational sigmaSquared) =>
        DiscreteGaussianMechanism.Scalar(Integers, sigmaSquared);
}
