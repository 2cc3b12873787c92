namespace CivicSense.Privacy.Tests;

public sealed class ExponentialMechanismTests : SelectionTests
{
    protected override Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        ExponentialMechanism.Select(domain, metric, scale);

    protected override double[] Law(IReadOnlyList<long> scores, double scale) => SelectionLaws.Exponential(scores, scale);

    [Fact]
    public void The_pure_map_is_approached() // one candidate falls behind many that rise
    {
        long[] scores = [0, .. Enumerable.Repeat(0L, 100_000)], other = [-1, .. Enumerable.Repeat(1L, 100_000)];
        var loss = SelectionLaws.MaxDivergence(Law(scores, 1), Law(other, 1));
        Assert.InRange(loss, 1.9999, Select(Domains.Integers(100_001), new(), 1).Map(1).ToDouble());
    }

    [Fact]
    public void Renyi_divergences_of_neighbours_are_within_rho_times_the_order() => Neighbours.Check(neighbours =>
    {
        var random = neighbours.Random;
        var (size, d, scale) = (random.Next(1, 6), random.Next(1, 4), new Rational(random.Next(1, 40), random.Next(1, 8)));
        long[] scores = [.. Enumerable.Range(0, size).Select(_ => (long)random.Next(-6, 7))];
        AssertWithin(scores, [.. scores.Select(score => score + random.Next(-d, d + 1))], new LInfDistance(), d, scale);
        AssertWithin(scores, [.. scores.Select(score => score + random.Next(0, d + 1))], new LInfDistance(Monotonic: true), d, scale);
    });

    static void AssertWithin(long[] scores, long[] other, LInfDistance metric, int distance, Rational scale)
    {
        var rho = ExponentialMechanism.SelectZeroConcentrated(Domains.Integers(scores.Length), metric, scale).Map(distance).ToDouble();
        var (first, second) = (SelectionLaws.Exponential(scores, scale.ToDouble()), SelectionLaws.Exponential(other, scale.ToDouble()));
        foreach (var order in new[] { 1.01, 1.5, 2, 5, 32 })
            Assert.True(SelectionLaws.RenyiDivergence(first, second, order) <= (rho * order) + 1e-9);
    }

    [Fact]
    public void Bounded_range_costs_a_quarter_of_what_pure_privacy_alone_would()
    {
        var (domain, metric) = (Domains.Integers(3), new LInfDistance());
        var direct = ExponentialMechanism.SelectZeroConcentrated(domain, metric, 5);
        Assert.Equal(new ZeroConcentratedDivergence(), direct.Measure);
        Assert.Equal(new Rational(9, 50), direct.Map(3)); // (2 * 3 / 5)^2 / 8
        Assert.Equal(4 * direct.Map(3), ExponentialMechanism.Select(domain, metric, 5).PureToZeroConcentrated().Map(3));
        Assert.Equal(new Rational(9, 200), ExponentialMechanism.SelectZeroConcentrated(domain, new(Monotonic: true), 5).Map(3));
    }

    [Fact]
    public void The_most_frequent_category_is_chosen_at_half_the_price()
    {
        var scores = CountByCategory.Scores(Domains.Any<string>(), Domains.Rows, ["a", "b"]);
        var choice = scores.Then(ExponentialMechanism.Select(Domains.Integers(2), new(Monotonic: true), new(1, 100)));
        Assert.Equal(100, choice.Map(1));
        Assert.Equal(1, choice.Release(1, ["b", "a", "b"]).Value); // wrong with probability below exp(-100)
    }
}
