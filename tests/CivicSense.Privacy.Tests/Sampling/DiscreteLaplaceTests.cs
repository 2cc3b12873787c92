using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class DiscreteLaplaceTests
{
    /// <summary>The scale as a fraction, and whether the 128-bit path is used.</summary>
    public static TheoryData<string, bool> Points => new()
    {
        { "1/5", true },
        { "1/2", true },
        { "1/1", true },
        { "1/1", false },
        { "7/2", true },
        { "7/2", false },
        { "2/7", true },
        { "250/7", true }, // epsilon 0.028 for one event
        { "1000000/1", true },
        { "9007199254740993/1048576", true }, // more bits than the leading ones of the rejection
        { "36893488147419103231/2", false },
        { "1180591620717411303424/1180591620717411303423", false }, // near 1, with 70 bits on both sides
    };

    [Theory]
    [MemberData(nameof(Points))]
    public void Samples_follow_the_exact_law(string scale, bool fast)
    {
        // At least 200,000 samples; the statements of GoodnessOfFit, false alarm 1e-6 each.
        var parameter = Fraction.Parse(scale);
        var laplace = new DiscreteLaplace(parameter, OperatingSystemRandomBytes.Instance, fast);
        Assert.Equal(fast, laplace.IsFast);
        var drawn = new Int128[GoodnessOfFit.Samples];
        laplace.Sample(drawn);
        GoodnessOfFit.AssertFollows(ExactLaw.Laplace(parameter), drawn);
    }

    [Theory]
    [InlineData("1/3")]
    [InlineData("7/2")]
    [InlineData("1000000/1")]
    [InlineData("3/9223372036854775807")]
    [InlineData("9223372036854775807/3")] // where the 128-bit path ends
    [InlineData("9223372036854775807/9223372036854775806")]
    public void The_128_bit_path_equals_the_BigInteger_path_on_the_same_bytes(string scale)
    {
        var parameter = Fraction.Parse(scale);
        var fast = new DiscreteLaplace(parameter, new ScriptedBytes(42));
        var large = new DiscreteLaplace(parameter, new ScriptedBytes(42), useFastPath: false);
        Assert.True(fast.IsFast);
        Assert.False(large.IsFast);
        for (var i = 0; i < 5_000; i++)
            Assert.Equal(large.Sample(), fast.Sample());
    }

    [Fact]
    public void A_draw_beyond_64_bits_is_exact()
    {
        // The script chooses sign + and remainder 0, accepts it, and succeeds 1,000 times with probability 1/e: the draw is 1,000 t.
        const long Scale = 1L << 62;
        ulong[] script = [0, ulong.MaxValue, .. Enumerable.Repeat(0UL, 1_000), ulong.MaxValue];
        var expected = 1_000 * (BigInteger)Scale;
        Assert.Equal(expected, (BigInteger)new DiscreteLaplace(Scale, new ScriptedBytes(3, script)).Sample());
        Assert.Equal(expected, (BigInteger)new DiscreteLaplace(Scale, new ScriptedBytes(3, script), useFastPath: false).Sample());
    }

    [Theory]
    [InlineData("7/2", true)]
    [InlineData("7/2", false)]
    public void Adding_to_a_value_is_the_value_plus_the_draw_and_stops_at_the_ends_of_the_range(string scale, bool fast)
    {
        DiscreteLaplace At(int seed) => new(Fraction.Parse(scale), new ScriptedBytes(seed), fast);
        var (adding, drawing, saturating) = (At(1), At(1), At(1));
        foreach (var value in new Int128[] { 0, 5, -1_000_000, Int128.MaxValue >> 1 })
        {
            for (var i = 0; i < 200; i++)
            {
                var noise = drawing.Sample();
                Assert.Equal(value + noise, adding.AddTo(value));
                Assert.Equal(noise > 0 ? Int128.MaxValue : Int128.MaxValue + noise, saturating.AddTo(Int128.MaxValue));
            }
        }
    }

    [Fact]
    public void Concurrent_draws_never_share_a_random_word()
    {
        // The scale is so large that two equal values among 40,000 have probability below 1e-8 unless words were shared.
        var laplace = new DiscreteLaplace(new Rational(BigInteger.One << 62, 1));
        var values = new Int128[8][];
        Parallel.For(0, values.Length, thread =>
        {
            values[thread] = new Int128[5_000];
            for (var i = 0; i < values[thread].Length; i++)
                values[thread][i] = laplace.Sample();
        });
        Assert.Equal(40_000, values.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Parameters_outside_the_range_are_refused()
    {
        Assert.Equal("scale", Refused(Rational.Zero).ParamName);
        Assert.Equal("scale", Refused(new Rational(-1, 3)).ParamName);
        Assert.Contains("2^64", Refused(new Rational((BigInteger.One << 64) + 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("256 bits", Refused(new Rational(1, BigInteger.One << 300)).Message, StringComparison.Ordinal);
        Assert.NotEqual(0, new DiscreteLaplace(new Rational(BigInteger.One << 64, 1)).Sample());

        static ArgumentOutOfRangeException Refused(Rational scale) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteLaplace(scale));
    }
}
