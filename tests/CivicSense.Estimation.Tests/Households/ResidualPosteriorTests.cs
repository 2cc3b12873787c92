namespace CivicSense.Estimation.Tests;

public sealed class ResidualPosteriorTests
{
    [Theory]
    [InlineData(0.1, 0.5, 1.0)]
    [InlineData(0.1, 0.01, -0.6)]
    [InlineData(0.6, 0.0004, 1.5)]
    public void A_straight_response_gives_the_kalman_update(double variance, double noise, double measured)
    {
        var (mean, left) = ResidualPosterior.Moments(0.2, variance, measured, noise, relative: 0, residual => residual);
        Assert.Equal(0.2 + variance / (variance + noise) * (measured - 0.2), mean, 0.1 * Math.Sqrt(left));
        Assert.Equal(variance * noise / (variance + noise), left, 0.01 * variance * noise / (variance + noise));
    }

    [Fact]
    public void A_saturated_response_says_little_about_how_far_beyond_the_cap_the_truth_lies()
    {
        var (_, straight) = ResidualPosterior.Moments(1.5, 0.3, 1.1, 0.01, relative: 0, residual => residual);
        var (mean, bent) = ResidualPosterior.Moments(1.5, 0.3, 1.1, 0.01, relative: 0, residual => Math.Clamp(residual, -1.1, 1.1));
        Assert.InRange(mean, 1.3, 2);
        Assert.InRange(bent, 5 * straight, 0.3);
    }

    /// <summary>200,000 draws; four standard errors of the mean are below 0.008, of the square below 0.012.</summary>
    [Theory]
    [InlineData(0, 0.3, 1)]
    [InlineData(0.9, 0.4, 1)]
    [InlineData(-2, 1, 0.5)]
    public void Clipped_normal_moments_agree_with_simulation(double mean, double deviation, double limit)
    {
        var random = new Random(3);
        double first = 0, second = 0;
        const int draws = 200_000;
        for (var i = 0; i < draws; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var value = Math.Clamp(mean + deviation * normal, -limit, limit);
            first += value / draws;
            second += value * value / draws;
        }
        Assert.Equal(first, ClippedNormal.Mean(mean, deviation, limit), 0.008);
        Assert.Equal(second, ClippedNormal.Square(mean, deviation, limit), 0.012);
    }
}
