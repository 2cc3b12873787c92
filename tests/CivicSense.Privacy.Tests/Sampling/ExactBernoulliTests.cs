using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class ExactBernoulliTests
{
    const int Samples = 200_000;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(5, 7)]
    [InlineData(1_000_000_006, 1_000_000_007)]
    [InlineData(1, 1)]
    public void Succeeds_with_the_given_probability(int numerator, int denominator)
    {
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        AssertFrequency((double)numerator / denominator, () => ExactBernoulli.Sample(words, numerator, denominator));
    }

    [Fact]
    public void The_words_around_the_probability_decide_as_they_must() => Prop.ForAll<int, int>((a, b) =>
    {
        // The first word below floor(p 2^64) must succeed, above it must fail, and at it the next word decides on the remainder.
        BigInteger numerator = (uint)Math.Abs((long)a), denominator = numerator + Math.Abs((long)b) + 1;
        var boundary = (ulong)((numerator << 64) / denominator);
        var remainder = (numerator << 64) % denominator;
        var second = (ulong)((remainder << 64) / denominator);
        if (boundary > 0)
            Assert.True(Sample(boundary - 1));

        if (boundary < ulong.MaxValue)
            Assert.False(Sample(boundary + 1));

        if (second is > 0 and < ulong.MaxValue)
        {
            Assert.True(Sample(boundary, second - 1));
            Assert.False(Sample(boundary, second + 1));
        }

        bool Sample(params ulong[] script) => ExactBernoulli.Sample(new RandomWords(new ScriptedBytes(1, script)), numerator, denominator);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_constant_is_the_first_word_of_one_over_e() =>
        Assert.Equal(ExactBernoulli.ExpMinusOneFirstWord, WordsOfExpMinusOne(1)[0]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void A_tie_with_one_over_e_is_decided_by_the_first_differing_word(int tiedWords)
    {
        var exact = WordsOfExpMinusOne(tiedWords + 1);
        Assert.True(Sample(exact[^1] - 1));
        Assert.False(Sample(exact[^1] + 1));

        bool Sample(ulong last)
        {
            var words = new RandomWords(new ScriptedBytes(1, [.. exact[..^1], last, 12345]));
            var result = ExactBernoulli.SampleExpMinusOne(words);
            Assert.Equal(12345UL, words.Next()); // neither more nor fewer words were read
            return result;
        }
    }

    [Fact]
    public void Exp_minus_one_has_its_probability()
    {
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        AssertFrequency(Math.Exp(-1), () => ExactBernoulli.SampleExpMinusOne(words));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1000)]
    [InlineData(1, 7)]
    [InlineData(1, 2)]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(4, 1)]
    public void Exp_minus_a_fraction_has_its_probability_on_both_paths(int numerator, int denominator)
    {
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        var fast = new ExpMinusFraction((UInt128)denominator);
        var probability = Math.Exp(-(double)numerator / denominator);
        AssertFrequency(probability, () => ExactBernoulli.SampleExpMinus(words, numerator, denominator));
        AssertFrequency(probability, () => fast.Sample(words, (UInt128)numerator));
    }

    [Fact]
    public void Both_paths_read_the_same_words_and_agree_also_at_the_boundaries() => Prop.ForAll<int, int, int>((seed, shift, digits) =>
    {
        // Denominators of 1 to 124 bits. The scripted words sit at the boundaries of the comparisons for k = 1, 2 and 3, which chance never
        // hits.
        var random = new Random(seed);
        var denominator = RandomInteger(random, 1 + (int)(unchecked((uint)digits) % 124)) + 1;
        var numerator = RandomInteger(random, 124) >> (int)(unchecked((uint)shift) % 124);
        var fraction = numerator % denominator;
        var script = new List<ulong>();
        for (var k = 1; k <= 3; k++)
        {
            var boundary = (fraction << 64) / (denominator * k);
            var jitter = random.Next(4) switch { 0 => 0, 1 => 1, 2 => -1, _ => random.Next(-100_000, 100_000) };
            script.Add((ulong)BigInteger.Max(0, BigInteger.Min(ulong.MaxValue, boundary + jitter)));
        }

        // Whole units of the exponent would consume the script first.
        var exponent = random.Next(2) == 0 ? fraction : numerator % (denominator * 8);
        var first = new RandomWords(new ScriptedBytes(seed, [.. script]));
        var second = new RandomWords(new ScriptedBytes(seed, [.. script]));
        Assert.Equal(
            ExactBernoulli.SampleExpMinus(first, exponent, denominator),
            new ExpMinusFraction((UInt128)denominator).Sample(second, (UInt128)exponent));
        Assert.Equal(first.Next(), second.Next());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Theory]
    [InlineData(1UL)]
    [InlineData(3UL)]
    [InlineData(10UL)]
    [InlineData((1UL << 63) + 1)] // every second word is rejected
    public void Uniform_integers_are_uniform_and_the_same_on_both_paths(ulong bound)
    {
        // 60,000 samples, ten bins, chi-square, false alarm 1e-6.
        const int Draws = 60_000;
        var counts = new double[(int)Math.Min(bound, 10)];
        var expected = new double[counts.Length];
        Array.Fill(expected, (double)Draws / counts.Length);
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        for (var i = 0; i < Draws; i++)
            counts[(int)((UInt128)ExactBernoulli.Uniform(words, bound) * (UInt128)counts.Length / bound)]++;

        Statistics.AssertChiSquare(counts, expected);

        var (fast, large) = (new RandomWords(new ScriptedBytes(7)), new RandomWords(new ScriptedBytes(7)));
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(ExactBernoulli.Uniform(fast, bound), ExactBernoulli.Uniform(large, (BigInteger)bound));
    }

    [Fact]
    public void Uniform_integers_beyond_64_bits_are_uniform()
    {
        // 60,000 samples, twelve bins, chi-square, false alarm 1e-6.
        const int Draws = 60_000;
        var bound = 3 * (BigInteger.One << 100);
        var counts = new double[12];
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        for (var i = 0; i < Draws; i++)
            counts[(int)(ExactBernoulli.Uniform(words, bound) * 12 / bound)]++;

        Statistics.AssertChiSquare(counts, [.. Enumerable.Repeat(Draws / 12d, 12)]);
    }

    static BigInteger RandomInteger(Random random, int bits)
    {
        var bytes = new byte[17];
        random.NextBytes(bytes.AsSpan(0, 16));
        return new BigInteger(bytes) >> (128 - bits);
    }

    static ulong[] WordsOfExpMinusOne(int count)
    {
        // 1/e to 64 (count + 2) bits by the alternating series in fixed point, evaluated from the last term (Horner).
        var bits = 64 * (count + 2);
        BigInteger one = BigInteger.One << bits, sum = one;
        for (var k = 300; k >= 1; k--)
            sum = one - (sum / k);

        return [.. Enumerable.Range(1, count).Select(i => (ulong)((sum >> (bits - (64 * i))) & ulong.MaxValue))];
    }

    // Binomial test, false alarm 1e-6 (two-sided, 4.9 standard deviations).
    static void AssertFrequency(double probability, Func<bool> trial)
    {
        var successes = 0;
        for (var i = 0; i < Samples; i++)
            successes += trial() ? 1 : 0;

        var deviation = Math.Sqrt(Samples * probability * (1 - probability));
        Assert.InRange(successes - (Samples * probability), -4.9 * deviation, 4.9 * deviation);
    }
}
