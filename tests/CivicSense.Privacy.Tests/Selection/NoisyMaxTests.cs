namespace CivicSense.Privacy.Tests;

public sealed class NoisyMaxTests : SelectionTests
{
    protected override Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        NoisyMax.Select(domain, metric, scale);

    // Scores and scale divided by a common factor: with a scale of millions the law is that of the continuous noise to within 1e-6.
    protected override double[] Law(IReadOnlyList<long> scores, double scale) => scale > 1000
        ? SelectionLaws.NoisyMax([.. scores.Select(score => score / (long)(scale / 1000))], 1000)
        : SelectionLaws.NoisyMax(scores, scale);

    [Fact]
    public void Of_equal_noisy_scores_the_lowest_index_is_chosen()
    {
        // With a scale of 1/100 the noise is zero but with probability below exp(-99).
        var selection = NoisyMax.Select(Domains.Integers(4), new(), new(1, 100));
        Assert.Equal(1, selection.Release(1, [4, 5, 5, 5]).Value);
    }

    [Fact]
    public void Scores_at_the_ends_of_their_range_do_not_overflow() =>
        Assert.Equal(1, NoisyMax.Select(Domains.Integers(2), new(), 1000).Release(1, [long.MinValue, long.MaxValue]).Value);
}
