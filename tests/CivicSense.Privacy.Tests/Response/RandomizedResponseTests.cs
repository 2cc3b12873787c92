namespace CivicSense.Privacy.Tests;

public sealed class RandomizedResponseTests
{
    const int Samples = 60_000;

    // Words that decide: the first of the two below makes any trial with 0 < p < 1 succeed, the second makes it fail.
    const ulong Success = 0;
    const ulong Failure = ulong.MaxValue;

    [Fact]
    public void A_boolean_answer_is_the_truth_exactly_when_the_coin_says_so()
    {
        foreach (var truth in new[] { false, true })
        {
            Assert.Equal(truth, Release(RandomizedResponse.Boolean(new(2, 3), new ScriptedBytes(1, Success)), truth));
            Assert.Equal(!truth, Release(RandomizedResponse.Boolean(new(2, 3), new ScriptedBytes(1, Failure)), truth));
        }
    }

    [Theory] // OpenDP 0.15, pull request 2708: an off-by-one in a randomised response; here the whole mass function is enumerated
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_liar_says_every_other_category_equally_often_and_the_honest_tell_the_truth(int categories)
    {
        int[] all = [.. Enumerable.Range(0, categories).Select(i => 10 * i)];
        foreach (var truth in all)
        {
            var lies = Enumerable.Range(0, categories - 1).Select(lie => Answer(all, truth, lie, categories - 1, Failure));
            Assert.Equal(all.Where(other => other != truth), lies);
            Assert.All(Enumerable.Range(0, categories - 1), lie => Assert.Equal(truth, Answer(all, truth, lie, categories - 1, Success)));
        }
    }

    [Theory]
    [InlineData(Success)]
    [InlineData(Failure)]
    public void What_is_no_category_is_answered_by_every_category_equally_often(ulong coin)
    {
        int[] all = [4, 2, 8];
        Assert.Equal(all, Enumerable.Range(0, 3).Select(lie => Answer(all, truth: -1, lie, 3, coin)));
    }

    /// <summary>The answer where the uniform number of the lie, out of so many, and the word of the coin are given.</summary>
    static int Answer(int[] categories, int truth, int lie, int outOf, ulong coin)
    {
        var middle = (ulong)((((UInt128)lie << 64) + (UInt128.One << 63)) / (UInt128)outOf);
        return Release(RandomizedResponse.Categorical(categories, new(9, 10), new ScriptedBytes(1, middle, coin)), truth);
    }

    [Theory] // 60,000 samples each, false positive 1e-6
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    [InlineData(99, 100)]
    public void Boolean_answers_have_their_probabilities(int numerator, int denominator)
    {
        var p = (double)numerator / denominator;
        var response = RandomizedResponse.Boolean(new(numerator, denominator));
        var truths = Enumerable.Range(0, Samples).Count(_ => Release(response, true));
        Statistics.AssertChiSquare([truths, Samples - truths], [p * Samples, (1 - p) * Samples]);
    }

    [Theory] // 60,000 samples each, false positive 1e-6
    [InlineData(2, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 3)]
    [InlineData(5, 4)]
    [InlineData(5, 99)]
    public void Categorical_answers_have_their_probabilities(int categories, int truth)
    {
        var response = RandomizedResponse.Categorical([.. Enumerable.Range(0, categories)], new(2, 3));
        var counts = new double[categories];
        for (var i = 0; i < Samples; i++)
            counts[Release(response, truth)]++;

        Statistics.AssertChiSquare(counts, [.. Enumerable.Range(0, categories).Select(i => Samples * Mass(categories, truth, i, 2.0 / 3))]);
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 9, 10)]
    [InlineData(4, 1, 4)]
    [InlineData(4, 1, 3)]
    [InlineData(4, 999, 1000)]
    public void The_largest_log_ratio_is_the_map_also_for_values_that_are_no_category(int categories, int numerator, int denominator)
    {
        var epsilon = RandomizedResponse.Categorical([.. Enumerable.Range(0, categories)], new(numerator, denominator)).Map(1).ToDouble();
        var p = (double)numerator / denominator;
        var largest = (
            from first in Enumerable.Range(0, categories + 1)
            from second in Enumerable.Range(0, categories + 1)
            from answer in Enumerable.Range(0, categories)
            select Math.Log(Mass(categories, first, answer, p) / Mass(categories, second, answer, p))).Max();
        Assert.Equal(epsilon, largest, 1e-12);
    }

    /// <summary>The probability of an answer by the definition; a truth beyond the categories is none of them.</summary>
    static double Mass(int categories, int truth, int answer, double p) =>
        truth >= categories ? 1.0 / categories : truth == answer ? p : (1 - p) / (categories - 1);

    [Fact]
    public void The_map_is_the_logarithm_rounded_up()
    {
        var map = RandomizedResponse.Boolean(new(3, 4)).Map(1);
        Assert.True(DirectedRounding.ExpUp(map) >= 3); // exp(ln 3)
        Assert.InRange(map - DirectedRounding.LogDown(3), 0, new Rational(1, 1L << 60));
        Assert.Equal(map, RandomizedResponse.Categorical([true, false], new(3, 4)).Map(1));
    }

    [Fact]
    public void Epsilon_is_zero_exactly_where_the_answer_tells_nothing()
    {
        Assert.Equal(Rational.Zero, RandomizedResponse.Boolean(new(1, 2)).Map(1));
        Assert.Equal(Rational.Zero, RandomizedResponse.Categorical(["a", "b", "c"], new(1, 3)).Map(1));
        Assert.True(RandomizedResponse.Boolean(new(1_000_000_001, 2_000_000_000)).Map(1) > Rational.Zero);
        Assert.True(RandomizedResponse.Categorical(["a", "b", "c"], new(334, 1000)).Map(1) > Rational.Zero);
        Assert.Equal(Rational.Zero, RandomizedResponse.Boolean(new(3, 4)).Map(0));
    }

    [Fact]
    public void The_truth_is_looked_up_before_the_generator_is_locked()
    {
        ReentrantKey[] categories = [new(1, () => { }), new(2, () => { })];
        var response = RandomizedResponse.Categorical(categories, new(3, 4));
        Assert.Contains(Release(response, new ReentrantKey(1, () => Release(response, categories[1]))), categories);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        foreach (var bad in new Rational[] { new(-1, 2), 0, new(49, 100), 1, 2 })
            Domains.AssertRefused("probabilityOfTruth", () => RandomizedResponse.Boolean(bad));

        foreach (var bad in new Rational[] { new(-1, 2), 0, new(33, 100), 1, 2 })
        {
            var refusal = Domains.AssertRefused("probabilityOfTruth", () => RandomizedResponse.Categorical(["a", "b", "c"], bad));
            Assert.Contains("1/3", refusal.Message, StringComparison.Ordinal);
        }

        Domains.AssertRefused("categories", () => RandomizedResponse.Categorical(["a"], new(3, 4)));
        Domains.AssertRefused("categories", () => RandomizedResponse.Categorical<string>([], new(3, 4)));
        Domains.AssertRefused("categories", () => RandomizedResponse.Categorical(["a", "b", "a"], new(3, 4)));
    }

    static T Release<T>(Measurement<T, T, Rational> response, T truth) => response.Release(1, truth).Value;
}
