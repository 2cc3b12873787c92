namespace CivicSense.Privacy.Tests;

public sealed class NoiseLossesTests
{
    // From the smallest noise to the largest that the sampler takes, sigma^2 = 2^128.
    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(276_941)]
    [InlineData(1e9)]
    [InlineData(6.9e14)]
    [InlineData(1.3e16)]
    [InlineData(9.007199254740993e15)]
    [InlineData(1.7e18)]
    [InlineData(18446744073709551616d)]
    public void Blocks_of_noise_leave_out_no_integer(double sigma)
    {
        var (end, block) = NoiseLosses.Tiling(sigma);
        Assert.True(end >= 12 * sigma);
        Assert.InRange(end / block, 1, 1 << 22);

        // In exact integers beside the doubles that the sum uses.
        var (exact, step, count) = (-(Int128)end, (Int128)block, 0);
        for (var x = -end; x <= end; x += block, exact += step, count++)
        {
            if ((Int128)x != exact)
                Assert.Fail($"Block {count} begins at {x:R} and not at {exact}.");
        }

        Assert.Equal((Int128)end + step, exact);
    }

    [Fact]
    public void Noise_of_a_node_is_summed_integer_by_integer() => Assert.Equal(1, NoiseLosses.Tiling(276_941).Block);

    // One shift by 2^62 is rho = 2^-5 here, where discrete and continuous noise cannot be told apart. Masses that were left out would show
    // as a smaller delta: some 1e-11 of the mass was, at this sigma, when blocks began at rounded multiples.
    [Fact]
    public void The_largest_noise_is_no_better_than_continuous_noise()
    {
        var discrete = PrivacyLossDistribution.DiscreteGaussian(Rational.FromDyadic(1, 128), 1L << 62);
        foreach (var epsilon in new[] { 0, 0.1, 0.5, 1, 1.25 })
        {
            var exact = GaussianAccounting.Delta(1 / 32d, epsilon);
            Assert.InRange(discrete.Delta(epsilon), exact * (1 - 1e-9), (exact * 1.001) + 1e-12);
        }
    }

    [Fact]
    public void Noise_that_cannot_be_drawn_is_refused()
    {
        var longFraction = Rational.FromInteger((System.Numerics.BigInteger.One << 300) + 1) / Rational.FromDyadic(1, 299);
        Assert.Throws<ArgumentOutOfRangeException>("sigmaSquared", () => PrivacyLossDistribution.DiscreteGaussian(longFraction, 1));
        Assert.Throws<ArgumentOutOfRangeException>("sigmaSquared", () => PrivacyLossDistribution.DiscreteGaussian(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            "sigmaSquared", () => PrivacyLossDistribution.DiscreteGaussian(Rational.FromDyadic(1, 128) + 1, 1));
    }
}
