namespace CivicSense.Privacy.Tests;

/// <summary>What the three selection mechanisms must keep, each: the law, the maps, the refusals.</summary>
public abstract class SelectionTests
{
    const int Samples = 60_000;

    static readonly LInfDistance Any = new();
    static readonly LInfDistance Monotonic = new(Monotonic: true);

    protected abstract Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale);

    /// <summary>The exact law of the choice.</summary>
    protected abstract double[] Law(IReadOnlyList<long> scores, double scale);

    public static TheoryData<long[], int, int> Points => new()
    {
        { [3], 1, 1 },
        { [0, 0], 1, 1 },
        { [0, 1], 1, 1 },
        { [2, 1, 0], 1, 2 },
        { [5, 5, 4, 3, 5], 7, 3 },
        { [-1000, -1001, -1003], 2, 1 },
        { [long.MaxValue, long.MaxValue - 1, long.MinValue], 3, 1 }, // the last is never chosen: its distance does not fit into 64 bits
        { [4_000_000_000, 0, 2_000_000_000], 2_000_000_000, 1 },
    };

    [Theory] // 60,000 samples each, false positive 1e-6
    [MemberData(nameof(Points))]
    public void The_choice_has_its_law(long[] scores, int numerator, int denominator)
    {
        var scale = new Rational(numerator, denominator);
        var selection = Select(Domains.Integers(scores.Length), Any, scale);
        var counts = new double[scores.Length];
        for (var i = 0; i < Samples; i++)
            counts[selection.Release(1, scores).Value]++;

        var law = Law(Relative(scores), scale.ToDouble());
        Assert.Equal(1, law.Sum(), 1e-9);
        var frequent = Enumerable.Range(0, law.Length).Where(i => law[i] * Samples >= 10).ToArray();
        Statistics.AssertChiSquare([.. frequent.Select(i => counts[i])], [.. frequent.Select(i => law[i] * Samples)]);

        // At most four others with a mean below 10 each: a Poisson number of mean 40 exceeds 80 with probability below 1e-7.
        Assert.InRange(Samples - frequent.Sum(i => counts[i]), 0, 80);
    }

    /// <summary>Scores with the largest at 0, so that doubles tell them apart; what is out of reach becomes merely far.</summary>
    static long[] Relative(long[] scores) =>
        [.. scores.Select(score => (long)Int128.Max((Int128)score - scores.Max(), -1_000_000_000_000))];

    [Fact]
    public void Neighbours_choose_alike_to_within_the_map() => Neighbours.Check(
        neighbours =>
        {
            var random = neighbours.Random;
            var (size, d, scale) = (random.Next(1, 5), random.Next(1, 4), new Rational(random.Next(1, 40), random.Next(1, 8)));
            long[] scores = [.. Enumerable.Range(0, size).Select(_ => (long)random.Next(-6, 7))];
            var direction = random.Next(2) == 0 ? 1 : -1;
            AssertWithin(scores, [.. scores.Select(score => score + random.Next(-d, d + 1))], Any, d, scale);
            AssertWithin(scores, [.. scores.Select(score => score + (direction * random.Next(0, d + 1)))], Monotonic, d, scale);

            // Up and down in one monotonic step each: the distances add.
            long[] upAndDown = [.. scores.Select(score => score + random.Next(0, d + 1) - random.Next(0, d + 1))];
            AssertWithin(scores, upAndDown, Monotonic, 2 * d, scale);
        },
        tests: 200);

    void AssertWithin(long[] scores, long[] other, LInfDistance metric, int distance, Rational scale)
    {
        var epsilon = Select(Domains.Integers(scores.Length), metric, scale).Map(distance).ToDouble();
        var loss = SelectionLaws.MaxDivergence(Law(scores, scale.ToDouble()), Law(other, scale.ToDouble()));
        Assert.True(loss <= epsilon + 1e-9, $"loss {loss}, epsilon {epsilon}");
    }

    [Fact]
    public void The_map_is_two_distances_over_the_scale_and_half_of_it_for_monotonic_scores()
    {
        Assert.Equal(new Rational(6, 7), Select(Domains.Integers(2), Any, 7).Map(3));
        Assert.Equal(new Rational(3, 7), Select(Domains.Integers(2), Monotonic, 7).Map(3));
        Assert.Equal(Rational.Zero, Select(Domains.Integers(2), Any, 7).Map(0));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        foreach (var bad in new Rational[] { 0, -1, new(-1, 3), (Rational.FromInt64(long.MaxValue) * 2) + 3 })
            Domains.AssertRefused("scale", () => Select(Domains.Integers(2), Any, bad));

        Domains.AssertRefused("domain", () => Select(Domains.Integers(), Any, 1));
        Domains.AssertRefused("domain", () => Select(Domains.Integers(0), Any, 1));
        Domains.AssertRefused("metric", () => Select(Domains.Integers(1), null!, 1));
    }

    [Fact]
    public void A_callers_list_is_not_read_while_the_generator_is_locked()
    {
        var selection = Select(Domains.Integers(2), Any, 1);
        Assert.InRange(selection.Function(new ReentrantList([1, 2], () => selection.Function([3, 4]))), 0, 1);
    }

    [Fact]
    public void Another_number_of_scores_is_refused() =>
        Assert.Throws<ArgumentException>(() => Select(Domains.Integers(2), Any, 1).Release(1, [1, 2, 3]));
}
