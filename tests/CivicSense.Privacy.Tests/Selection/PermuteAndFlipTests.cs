namespace CivicSense.Privacy.Tests;

public sealed class PermuteAndFlipTests : SelectionTests
{
    protected override Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        PermuteAndFlip.Select(domain, metric, scale);

    protected override double[] Law(IReadOnlyList<long> scores, double scale) => SelectionLaws.PermuteAndFlip(scores, scale);

    [Fact] // McKenna and Sheldon 2020, theorem 3
    public void The_expected_score_is_never_below_that_of_the_exponential_mechanism() => Neighbours.Check(neighbours =>
    {
        long[] scores = [.. Enumerable.Range(0, neighbours.Random.Next(1, 6)).Select(_ => (long)neighbours.Random.Next(-6, 7))];
        var scale = neighbours.Random.Next(1, 40) / 4.0;
        Assert.True(Mean(SelectionLaws.PermuteAndFlip(scores, scale)) >= Mean(SelectionLaws.Exponential(scores, scale)) - 1e-9);

        double Mean(double[] law) => law.Zip(scores, (mass, score) => mass * score).Sum();
    });

    [Fact]
    public void Every_candidate_is_tried_at_most_once_so_a_choice_always_ends()
    {
        // Every trial that can fail does: the words of the script are all ones. Only a largest score is accepted then.
        var script = new ScriptedBytes(1, [.. Enumerable.Repeat(ulong.MaxValue, 400)]);
        var selection = PermuteAndFlip.Select(Domains.Integers(4), new(), 1, script);
        Assert.Equal(2, selection.Release(1, [1, 2, 3, 2]).Value);
    }
}
