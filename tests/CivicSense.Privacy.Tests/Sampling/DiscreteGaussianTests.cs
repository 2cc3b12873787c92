using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class DiscreteGaussianTests
{
    const int Samples = 200_000;

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
        // 200,000 samples; chi-square and Kolmogorov-Smirnov, sign and first moments: false alarm 1e-6 for each of the four statements.
        var parameter = Parse(sigmaSquared);
        var gaussian = new DiscreteGaussian(parameter, OperatingSystemRandomBytes.Instance, fast);
        Assert.Equal(fast, gaussian.IsFast);
        var drawn = new Int128[Samples];
        gaussian.Sample(drawn);
        var values = drawn.Select(value => (double)value).Order().ToArray();
        var law = new ExactLaw(parameter);

        AssertChiSquare(values, law);
        AssertKolmogorovSmirnov(values, law);
        AssertSymmetricSigns(values);
        AssertMoments(values, law);
    }

    [Theory]
    [InlineData("1/3")]
    [InlineData("7/2")]
    [InlineData("1000000/1")]
    [InlineData("536870912000/7")]
    [InlineData("4503599627370495/4")] // sigma^2 near 2^50, close to where the 128-bit path ends
    public void The_128_bit_path_equals_the_BigInteger_path_on_the_same_bytes(string sigmaSquared)
    {
        var parameter = Parse(sigmaSquared);
        var fast = new DiscreteGaussian(parameter, new ScriptedBytes(42));
        var large = new DiscreteGaussian(parameter, new ScriptedBytes(42), useFastPath: false);
        Assert.True(fast.IsFast);
        Assert.False(large.IsFast);
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Equal(large.Sample(), fast.Sample());
        }
    }

    [Fact]
    public void A_candidate_beyond_the_128_bit_path_is_finished_without_it()
    {
        // t = 1001, A = 10^6, B = 1001. The script chooses sign + and remainder 0, accepts it, and succeeds 130 times with probability 1/e, so that
        // the candidate is 130 t. Its exponent (130 t B - A)^2 / (2 A B t) has 8337 whole units, each of which a word of zero accepts;
        // the word of all ones then ends the trial on the fraction with acceptance.
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
    public void The_128_bit_path_allocates_nothing()
    {
        var gaussian = new DiscreteGaussian(new Rational(536870912000, 7));
        var values = new Int128[2_000];
        gaussian.Sample(values);
        var before = GC.GetAllocatedBytesForCurrentThread();
        gaussian.Sample(values);
        gaussian.Sample();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
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
            {
                values[thread][i] = gaussian.Sample();
            }
        });
        Assert.Equal(40_000, values.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Parameters_outside_the_range_are_refused()
    {
        Assert.Equal("varianceParameter", Refused(Rational.Zero).ParamName);
        Assert.Equal("varianceParameter", Refused(new Rational(-1, 3)).ParamName);
        Assert.Contains("2^128", Refused(new Rational((BigInteger.One << 128) + 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("256 bits", Refused(new Rational(1, BigInteger.One << 300)).Message, StringComparison.Ordinal);
        Assert.NotEqual(0, new DiscreteGaussian(new Rational(BigInteger.One << 128, 1)).Sample());

        static ArgumentOutOfRangeException Refused(Rational parameter) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteGaussian(parameter));
    }

    static void AssertChiSquare(double[] sorted, ExactLaw law)
    {
        var ends = law.Bins(20d / Samples);
        double[] counts = new double[ends.Count + 1], expected = new double[ends.Count + 1];
        var (index, below) = (0, 0d);
        for (var bin = 0; bin <= ends.Count; bin++)
        {
            var start = index;
            while (index < sorted.Length && (bin == ends.Count || sorted[index] <= ends[bin]))
            {
                index++;
            }

            var cumulative = bin == ends.Count ? 1 : law.Cumulative(ends[bin]);
            counts[bin] = index - start;
            expected[bin] = (cumulative - below) * sorted.Length;
            below = cumulative;
        }

        Assert.True(ends.Count > 0, "A chi-square test needs at least two bins.");
        Statistics.AssertChiSquare(counts, expected);
    }

    static void AssertKolmogorovSmirnov(double[] sorted, ExactLaw law)
    {
        var largest = 0d;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || sorted[i + 1] > sorted[i])
            {
                // Both distribution functions are constant between consecutive values that occur, so the right ends suffice up to gaps,
                // where the law is compared just below the next value as well.
                largest = Math.Max(largest, Math.Abs(((i + 1d) / sorted.Length) - law.Cumulative(sorted[i])));
                if (i + 1 < sorted.Length)
                {
                    largest = Math.Max(largest, Math.Abs(((i + 1d) / sorted.Length) - law.Cumulative(sorted[i + 1] - 1)));
                }
            }
        }

        Statistics.AssertKolmogorovSmirnov(largest, sorted.Length);
    }

    static void AssertSymmetricSigns(double[] values)
    {
        int positive = values.Count(value => value > 0), negative = values.Count(value => value < 0);
        Assert.InRange(positive - negative, -4.9 * Math.Sqrt(positive + negative), 4.9 * Math.Sqrt(positive + negative));
    }

    static void AssertMoments(double[] values, ExactLaw law)
    {
        var mean = values.Average();
        Assert.InRange(mean / Math.Sqrt(law.Variance / values.Length), -4.9, 4.9);

        // Markedly heavier than normal for the smallest sigma, hence 7 standard deviations there is still below 1e-6 by Bernstein's inequality.
        var secondMoment = values.Average(value => value * value);
        var deviation = Math.Sqrt((law.FourthMoment - (law.Variance * law.Variance)) / values.Length);
        Assert.InRange((secondMoment - law.Variance) / deviation, -7, 7);
    }

    static Rational Parse(string fraction)
    {
        var parts = fraction.Split('/');
        return new Rational(BigInteger.Parse(parts[0], null), BigInteger.Parse(parts[1], null));
    }
}
