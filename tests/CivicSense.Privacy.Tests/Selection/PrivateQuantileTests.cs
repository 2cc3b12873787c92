namespace CivicSense.Privacy.Tests;

public sealed class PrivateQuantileTests
{
    static readonly long[] Candidates = [0, 10, 20, 30];

    [Fact]
    public void The_map_is_that_of_the_scores_and_the_exponential_mechanism()
    {
        Assert.Equal(new Rational(2 * 9, 30), PrivateQuantile.Of(Domains.Integers(), Domains.Rows, Candidates, new(9, 10), 30).Map(1));
        var replaced = PrivateQuantile.Of(Domains.Integers(5), Domains.Replacements, Candidates, new(9, 10), 30);
        Assert.Equal(new Rational(2 * 10, 30), replaced.Map(1));
    }

    [Fact] // 60,000 samples, false positive 1e-6
    public void The_candidate_has_the_law_of_its_scores()
    {
        const int Samples = 60_000;
        long[] rows = [1, 5, 11, 12, 18, 22, 40];
        var median = PrivateQuantile.Of(Domains.Integers(), Domains.Rows, Candidates, new(1, 2), 4);
        var counts = Candidates.ToDictionary(candidate => candidate, _ => 0d);
        for (var i = 0; i < Samples; i++)
            counts[median.Release(1, rows).Value]++;

        // Ranks below each candidate 0, 2, 5, 6 of 7: scores -7, -3, -3, -5.
        var law = SelectionLaws.Exponential([-7, -3, -3, -5], 4);
        Statistics.AssertChiSquare([.. Candidates.Select(candidate => counts[candidate])], [.. law.Select(mass => mass * Samples)]);
    }

    [Fact]
    public void Without_data_every_candidate_is_possible_and_nothing_throws() =>
        Assert.Contains(PrivateQuantile.Of(Domains.Integers(), Domains.Rows, Candidates, new(1, 2), 1).Release(1, []).Value, Candidates);

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("candidates", () => PrivateQuantile.Of(Domains.Integers(), Domains.Rows, [3, 1], new(1, 2), 1));
        Domains.AssertRefused("quantile", () => PrivateQuantile.Of(Domains.Integers(), Domains.Rows, [1, 3], 2, 1));
        Domains.AssertRefused("scale", () => PrivateQuantile.Of(Domains.Integers(), Domains.Rows, [1, 3], new(1, 2), 0));
    }
}
