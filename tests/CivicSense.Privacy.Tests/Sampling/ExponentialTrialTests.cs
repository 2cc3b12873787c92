using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class ExponentialTrialTests
{
    public static TheoryData<string, int, int> Trials => new()
    {
        { "1/3", 2, 1 },
        { "1/3", 1, 1 },
        { "1/3", 1, 0 },
        { "7/2", 1, 1 },
        { "40/1", 1, 0 },
        { "50/1", 2, 1 }, // the first word of the probability is zero
        { "1/18446744073709551616", 2, 1 }, // its first word is all ones
        { "1/18446744073709551616", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Trials))]
    public void The_first_word_decides_unless_it_is_that_of_the_probability_or_the_next(string exponent, int weight, int share)
    {
        var trial = new ExponentialTrial(Fraction.Parse(exponent), weight, share);
        var boundary = WordsOfProbability(exponent, weight, share, 1)[0];
        Assert.Equal(1UL, trial.IsUndecided(boundary));
        if (boundary > 0)
        {
            AssertDecided(boundary - 1, success: true);
            AssertDecided(0, success: true);
        }

        if (boundary < ulong.MaxValue - 1)
        {
            AssertDecided(boundary + 2, success: false);
            AssertDecided(ulong.MaxValue, success: false);
        }

        void AssertDecided(ulong word, bool success)
        {
            // The word after the last of the 64-bit numbers is the first: it may be called undecided and is then decided exactly.
            if (trial.IsUndecided(word) == 0 || boundary != ulong.MaxValue)
                Assert.Equal((success ? 1UL : 0UL, 0UL), (trial.Compare(word), trial.IsUndecided(word)));

            var words = new RandomWords(new ScriptedBytes(1, 12345));
            Assert.Equal(success, trial.Decide(words, word));
            Assert.Equal(12345UL, words.Next());
        }
    }

    [Theory]
    [MemberData(nameof(Trials))]
    public void A_tie_is_decided_by_the_first_word_that_differs(string exponent, int weight, int share)
    {
        var trial = new ExponentialTrial(Fraction.Parse(exponent), weight, share);
        for (var tied = 1; tied <= 6; tied++)
        {
            var exact = WordsOfProbability(exponent, weight, share, tied + 1);
            if (exact[^1] > 0)
                Assert.True(Decide(exact[^1] - 1));

            if (exact[^1] < ulong.MaxValue)
                Assert.False(Decide(exact[^1] + 1));

            bool Decide(ulong last)
            {
                // Where the probability itself lies next to the edge of a word, one more word may be read; it changes nothing.
                var words = new RandomWords(new ScriptedBytes(1, [.. exact[1..^1], last, 12345, 67890]));
                var result = trial.Decide(words, exact[0]);
                Assert.Contains(words.Next(), new ulong[] { 12345, 67890 });
                return result;
            }
        }
    }

    static ulong[] WordsOfProbability(string exponent, int weight, int share, int count)
    {
        var bits = 64 * (count + 3);
        var exponential = ExactExponential.Scaled(Fraction.Parse(exponent), bits);
        var probability = ((weight * exponential) << bits) / ((BigInteger.One << bits) + (share * exponential));
        return [.. Enumerable.Range(1, count).Select(i => (ulong)((probability >> (bits - (64 * i))) & ulong.MaxValue))];
    }
}
