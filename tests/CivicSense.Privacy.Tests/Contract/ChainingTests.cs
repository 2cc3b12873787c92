namespace CivicSense.Privacy.Tests;

public sealed class ChainingTests
{
    static readonly Rational Tenth = new(1, 10);

    [Fact]
    public void Maps_are_chained_exactly()
    {
        var chained = Pieces.Sum().Then(Pieces.Answer(new MaxDivergence(), Tenth));
        Assert.Equal(new Rational(3, 1), chained.Map(new Rational(3, 1)));
        Assert.Same(Pieces.Rows, chained.Input);
        Assert.Equal(new MaxDivergence(), chained.Measure);
    }

    [Fact]
    public void Functions_are_applied_in_order() =>
        Assert.Equal(new Released<Int128, Rational>(12, Rational.One), Pieces.SumAnswer(Rational.One).Release(Rational.One, [3, 4, 5]));

    [Fact]
    public void Domains_that_do_not_match_fail_at_construction()
    {
        var bounded = new Transformation<Int128, Int128>(
            new Space<Int128>(new AtomDomain<Int128>(0, 5), new AbsoluteDistance()), Pieces.Number, x => x, d => d);
        var error = Assert.Throws<ArgumentException>(() => Pieces.Sum().Then(bounded));
        Assert.Contains("domains do not match", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_do_not_match_fail_at_construction()
    {
        var rows = new VectorDomain<long>(new AtomDomain<long>(0, 10));
        var byOwner = new Measurement<IReadOnlyList<long>, Int128, Rational>(
            new Space<IReadOnlyList<long>>(rows, new LInfDistance()), new MaxDivergence(), _ => 0, d => d);
        var identity = new Transformation<IReadOnlyList<long>, IReadOnlyList<long>>(Pieces.Rows, Pieces.Rows, x => x, d => d);
        var error = Assert.Throws<ArgumentException>(() => identity.Then(byOwner));
        Assert.Contains("metrics do not match", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Monotonic_scores_are_another_metric_than_scores() =>
        Assert.NotEqual<Metric>(new LInfDistance(), new LInfDistance(Monotonic: true));

    [Fact]
    public void The_map_is_evaluated_before_data_are_touched()
    {
        var touched = false;
        var failing = new Measurement<Int128, Int128, Rational>(
            Pieces.Number, new MaxDivergence(), x => { touched = true; return x; }, _ => throw new OverflowException());
        Assert.Throws<OverflowException>(() => failing.Release(Rational.One, 7));
        var touching = Pieces.SumAnswer(Rational.One, () => touched = true);
        Assert.Throws<ArgumentOutOfRangeException>(() => touching.Release(new Rational(-1, 1), [1]));
        Assert.False(touched);
    }

    [Fact]
    public void Data_outside_the_domain_are_refused_without_being_shown()
    {
        var touched = false;
        var error = Assert.Throws<ArgumentException>(() => Pieces.Sum(() => touched = true).Invoke([3, 4711]));
        Assert.DoesNotContain("4711", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Pieces.SumAnswer(Rational.One, () => touched = true).Release(Rational.One, [4711]));
        Assert.False(touched);
    }

    [Fact]
    public void Distances_must_be_distances_of_the_metric()
    {
        Assert.Contains("whole number", Refused(new Rational(1, 2)), StringComparison.Ordinal);
        Assert.Contains("at least 0", Refused(new Rational(-1, 1)), StringComparison.Ordinal);
        Assert.Equal(Rational.Zero, Pieces.Sum().Map(Rational.Zero));

        static string Refused(Rational distance) => Assert.Throws<ArgumentOutOfRangeException>(() => Pieces.Sum().Map(distance)).Message;
    }

    [Fact]
    public void Check_is_true_from_the_map_on()
    {
        var chained = Pieces.SumAnswer(Tenth);
        Assert.True(chained.Check(Rational.One, Tenth));
        Assert.False(chained.Check(Rational.One, new Rational(99, 1000)));
        Assert.True(Pieces.Sum().Check(Rational.One, new Rational(10, 1)));
        Assert.False(Pieces.Sum().Check(Rational.One, new Rational(9, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => chained.Check(Rational.One, new Rational(-1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pieces.Sum().Check(Rational.One, new Rational(-1, 1)));
    }

    [Fact]
    public void The_next_step_can_be_built_from_what_the_one_before_promises()
    {
        var choice = CountByCategory.Scores(Domains.Any<string>(), Domains.Rows, ["a", "b"])
            .Then((scores, distance) => NoisyMax.Select(scores, distance, 4));
        Assert.Equal(new Rational(1, 4), choice.Map(1)); // the monotonic distance came along
        var histogram = CountByCategory.Of(Domains.Any<string>(), Domains.Rows, ["a", "b"], new L2Distance(), countOthers: true)
            .Then(counts => DiscreteGaussianMechanism.Vector(counts, sigmaSquared: 2));
        Assert.Equal(3, histogram.Release(1, ["a"]).Value.Count); // and the public number of slots
    }

    [Fact]
    public void A_step_built_from_another_description_is_refused()
    {
        var plain = new Transformation<Int128, Int128>(
            new Space<Int128>(new AnyDomain<Int128>(), new DiscreteDistance()),
            new Space<Int128>(new AnyDomain<Int128>(), new DiscreteDistance()),
            number => number,
            distance => distance);
        Domains.AssertRefused("next", () => plain.Then(number => DiscreteLaplaceMechanism.Scalar(number, 2)));
        var sizedRows = Clamp.Of(Domains.Integers(2), Domains.Rows, 0, 1);
        Domains.AssertRefused("next", () => sizedRows.Then((scores, distance) => NoisyMax.Select(scores, distance, 2)));
        Domains.AssertRefused(
            "next", () => Pieces.Sum().Then(_ => DiscreteLaplaceMechanism.Scalar(new AtomDomain<Int128>(0, 5), 2)));
    }

    [Fact]
    public void Post_processing_costs_nothing()
    {
        var text = Pieces.SumAnswer(Tenth).Then(sum => $"{sum} in all");
        var released = text.Release(Rational.One, [3, 4]);
        Assert.Equal(("7 in all", Tenth), (released.Value, released.Loss));
    }
}
