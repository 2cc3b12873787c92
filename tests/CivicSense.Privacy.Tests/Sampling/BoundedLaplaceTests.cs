using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class BoundedLaplaceTests
{
    [Theory]
    [InlineData("1/5")]
    [InlineData("1/1")]
    [InlineData("7/2")]
    [InlineData("250/7")]
    [InlineData("1000000/1")]
    public void Without_a_limit_in_reach_it_is_the_discrete_Laplace_law(string scale)
    {
        // At least 200,000 samples; the statements of GoodnessOfFit, false alarm 1e-6 each. The reach is over 10^11 scales.
        var words = new RandomWords(OperatingSystemRandomBytes.Instance);
        var noise = new BoundedLaplace(Fraction.Parse(scale), BoundedLaplace.LargestReach, words);
        var drawn = new Int128[GoodnessOfFit.Samples];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = noise.Draw();

        GoodnessOfFit.AssertFollows(ExactLaw.Laplace(Fraction.Parse(scale)), drawn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(9)]
    public void Every_draw_reads_the_same_number_of_words_whatever_its_value(int reach)
    {
        // All combinations of success and failure of the trials, and both signs: every path to every value.
        var trials = NoiseOf(reach).WordsPerDraw - 1;
        var seen = new HashSet<long>();
        for (var outcomes = 0; outcomes < 1 << (trials + 1); outcomes++)
        {
            var trialWords = Enumerable.Range(0, trials).Select(trial => ((outcomes >> trial) & 1) == 1 ? 0 : ulong.MaxValue);
            ulong[] script = [.. trialWords, (ulong)(outcomes >> trials), 12345];
            var words = new RandomWords(new ScriptedBytes(1, script));
            var value = NoiseOf(reach, words).Draw();
            Assert.Equal(12345UL, words.Next());
            Assert.Equal(Expected(outcomes, trials, reach), value);
            seen.Add(value);
        }

        Assert.Equal(Enumerable.Range(-reach, (2 * reach) + 1).Select(value => (long)value), seen.Order());

        static long Expected(int outcomes, int trials, int reach)
        {
            var magnitude = (outcomes & 1) == 0 ? 0 : Math.Min(reach, 1 + ((outcomes & ((1 << trials) - 1)) >> 1));
            return outcomes >> trials == 1 ? -magnitude : magnitude;
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1 << 20, 23)]
    [InlineData(BoundedLaplace.LargestReach, 63)]
    public void The_number_of_words_is_three_and_the_digits_of_the_reach(long reach, int words) =>
        Assert.Equal(words, NoiseOf(reach).WordsPerDraw);

    [Fact]
    public void An_undecided_word_is_decided_exactly_and_the_others_keep_their_outcome()
    {
        // scale 2: the words of P(not zero) = 2 E / (1 + E) with E = exp(-1/2). Two of them tie, the third decides. Reach 4: two digits.
        var exponential = ExactExponential.Scaled(new Rational(1, 2), 400);
        var probability = ((2 * exponential) << 400) / ((BigInteger.One << 400) + exponential);
        ulong[] exact = [.. Enumerable.Range(1, 3).Select(i => (ulong)((probability >> (400 - (64 * i))) & ulong.MaxValue))];
        foreach (var (last, expected) in new[] { (exact[2] - 1, -2L), (exact[2] + 1, 0L) })
        {
            var words = new RandomWords(new ScriptedBytes(1, exact[0], 0, ulong.MaxValue, ulong.MaxValue, 1, exact[1], last, 12345));
            Assert.Equal(expected, new BoundedLaplace(2, 4, words).Draw());
            Assert.Equal(12345UL, words.Next());
        }
    }

    [Fact]
    public void Limits_a_sum_to_the_reach()
    {
        var noise = NoiseOf(9);
        for (var value = -30; value <= 30; value++)
            Assert.Equal(Math.Clamp(value, 0, 9), noise.Limit(value));

        var widest = NoiseOf(BoundedLaplace.LargestReach);
        Assert.Equal(0, widest.Limit(-BoundedLaplace.LargestReach));
        Assert.Equal(BoundedLaplace.LargestReach, widest.Limit(2 * BoundedLaplace.LargestReach));
    }

    [Fact]
    public void A_reach_outside_the_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseOf(BoundedLaplace.LargestReach + 1));
    }

    static BoundedLaplace NoiseOf(long reach, RandomWords? words = null) =>
        new(new Rational(3, 1), reach, words ?? new RandomWords(OperatingSystemRandomBytes.Instance));
}
