using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class DiscreteGaussianTests
{
    /// <summary>
    /// sigma^2 as a fraction, and whether the 128-bit path is used. The last but one is the noise of the node at rho = 0.028.
    /// </summary>
    public static TheoryData<string, bool> Points => new()
    {
        { "1/8", true },
        { "1/3", true },
        { "1/1", true },
        { "1/1", false },
        { "7/2", true },
        { "7/2", false },
        { "100/1", true },
        { "1000003/7", true },
        { "1000000/1", true },
        { "1000000000000/1", true },
        { "536870912000/7", true },
        { "1208925819614629174706177/3", false },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public void Samples_follow_the_exact_law(string sigmaSquared, bool fast)
    {
        // At least 200,000 samples; the statements of GoodnessOfFit, false alarm 1e-6 each.
        var parameter = Fraction.Parse(sigmaSquared);
        var gaussian = new DiscreteGaussian(parameter, OperatingSystemRandomBytes.Instance, fast);
        Assert.Equal(fast, gaussian.IsFast);
        var drawn = new Int128[GoodnessOfFit.Samples];
        gaussian.Sample(drawn);
        GoodnessOfFit.AssertFollows(ExactLaw.Gaussian(parameter), drawn);
    }

    [Theory]
    [InlineData("1/3")]
    [InlineData("7/2")]
    [InlineData("1000000/1")]
    [InlineData("536870912000/7")]
    [InlineData("4503599627370495/4")] // sigma^2 near 2^50, close to where the 128-bit path ends
    public void The_128_bit_path_equals_the_BigInteger_path_on_the_same_bytes(string sigmaSquared)
    {
        var parameter = Fraction.Parse(sigmaSquared);
        var fast = new DiscreteGaussian(parameter, new ScriptedBytes(42));
        var large = new DiscreteGaussian(parameter, new ScriptedBytes(42), useFastPath: false);
        Assert.True(fast.IsFast);
        Assert.False(large.IsFast);
        for (var i = 0; i < 5_000; i++)
            Assert.Equal(large.Sample(), fast.Sample());
    }

    [Fact]
    public void A_candidate_beyond_the_128_bit_path_is_finished_without_it()
    {
        // t = 1001, A = 10^6, B = 1001. The script chooses sign + and remainder 0, accepts it, and succeeds 130 times with probability 1/e,
        // so that the candidate is 130 t. Its exponent (130 t B - A)^2 / (2 A B t) has 8337 whole units, each of which a word of zero
        // accepts; the word of all ones then ends the trial on the fraction with acceptance.
        const int Multiple = 130;
        BigInteger a = 1_000_000, t = 1_001, distance = (Multiple * t * t) - a;
        var units = (int)(distance * distance / (2 * a * t * t));
        ulong[] script = [1, 77, .. Zeros(Multiple), ulong.MaxValue, .. Zeros(units), ulong.MaxValue, 5];
        var gaussian = new DiscreteGaussian(new Rational(1_000_000, 1), new ScriptedBytes(3, script));
        Assert.True(gaussian.IsFast);
        Assert.Equal(Multiple * 1_001, gaussian.Sample());

        static IEnumerable<ulong> Zeros(int count) => Enumerable.Repeat(0UL, count);
    }

    [Fact]
    public void Concurrent_draws_never_share_a_random_word()
    {
        // sigma is so large that two equal values among 40,000 have probability below 1e-8 unless words were shared.
        var gaussian = new DiscreteGaussian(new Rational(BigInteger.One << 120, 1));
        var values = new Int128[8][];
        Parallel.For(0, values.Length, thread =>
        {
            values[thread] = new Int128[5_000];
            for (var i = 0; i < values[thread].Length; i++)
                values[thread][i] = gaussian.Sample();
        });
        Assert.Equal(40_000, values.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Parameters_outside_the_range_are_refused()
    {
        Assert.Equal("sigmaSquared", Refused(Rational.Zero).ParamName);
        Assert.Equal("sigmaSquared", Refused(new Rational(-1, 3)).ParamName);
        Assert.Contains("2^128", Refused(new Rational((BigInteger.One << 128) + 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("256 bits", Refused(new Rational(1, BigInteger.One << 300)).Message, StringComparison.Ordinal);
        Assert.NotEqual(0, new DiscreteGaussian(new Rational(BigInteger.One << 128, 1)).Sample());

        static ArgumentOutOfRangeException Refused(Rational parameter) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteGaussian(parameter));
    }
}
