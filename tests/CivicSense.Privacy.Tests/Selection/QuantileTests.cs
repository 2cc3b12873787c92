namespace CivicSense.Privacy.Tests;

public sealed class QuantileTests
{
    static readonly Rational Median = new(1, 2);

    [Theory] // rows 1 to 10: every candidate from 5 to 6 is a median
    [InlineData(0, -10)]
    [InlineData(4, -2)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(7, -2)]
    [InlineData(99, -10)]
    public void The_score_is_minus_the_distance_in_ranks(long candidate, long expected) =>
        Assert.Equal([expected], Scores(Domains.Rows, [candidate], Median).Invoke([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 10)]
    [InlineData(1, 4, 3)]
    [InlineData(9, 10, 9)]
    public void Exactly_the_quantiles_have_score_zero(int numerator, int denominator, long first)
    {
        long[] rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], candidates = [.. Enumerable.Range(-2, 20)];
        var quantile = new Rational(numerator, denominator);
        var scores = Scores(Domains.Rows, candidates, quantile).Invoke(rows);
        foreach (var (candidate, score) in candidates.Zip(scores))
        {
            // The textbook definition: at most a share q of the rows lies below, at most a share 1 - q above.
            var isQuantile = rows.Count(row => row < candidate) <= quantile * 10
                && rows.Count(row => row > candidate) <= (Rational.One - quantile) * 10;
            Assert.Equal(isQuantile, score == 0);
        }

        Assert.Equal(0, scores[Array.IndexOf(candidates, first)]);
    }

    [Fact]
    public void Where_no_row_equals_the_candidate_it_is_the_score_of_OpenDP() => Neighbours.Check(neighbours =>
    {
        long[] rows = [.. neighbours.Added(() => 2L * neighbours.Random.Next(-5, 6)).Data], candidates = [-11, -7, -1, 1, 3, 11];
        var quantile = new Rational(neighbours.Random.Next(0, 8), 7);
        var (a, b) = ((long)quantile.Numerator, (long)quantile.Denominator);
        Assert.Equal(
            candidates.Select(c => -Math.Abs(((b - a) * rows.Count(row => row < c)) - (a * rows.Count(row => row > c)))),
            Scores(Domains.Rows, candidates, quantile).Invoke(rows));
    });

    [Fact]
    public void A_median_among_equal_rows_beats_its_neighbour() // by OpenDP's score, -3 against -2, it does not
    {
        var scores = Scores(Domains.Rows, [6, 7], Median).Invoke([1, 2, 3, 4, 7, 7, 7, 7, 7, 9]);
        Assert.Equal([-2, 0], scores);
    }

    [Fact]
    public void Scores_of_neighbours_are_within_the_map() => Neighbours.Check(neighbours =>
    {
        var quantile = new Rational(neighbours.Random.Next(0, 8), 7);
        long[] candidates = [long.MinValue, -20, -3, 0, 1, 2, 7, 1000, long.MaxValue];
        AssertWithin(neighbours.Added(neighbours.Integer), size => Scores(Domains.Rows, candidates, quantile));
        var replaced = neighbours.Replaced(neighbours.Integer);
        AssertWithin(replaced, size => Scores(Domains.Replacements, candidates, quantile, size));
        AssertWithin(replaced with { Distance = 2 * replaced.Distance }, size => Scores(Domains.Rows, candidates, quantile, size));
    });

    static void AssertWithin(Pair<long> pair, Func<int, Transformation<IReadOnlyList<long>, IReadOnlyList<long>>> of)
    {
        var scores = of(pair.Data.Count);
        var farthest = scores.Invoke(pair.Data).Zip(scores.Invoke(pair.Other), (x, y) => Math.Abs(x - y)).Max();
        Assert.True(farthest <= scores.Map(pair.Distance), $"moved {farthest}, map {scores.Map(pair.Distance)}");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 10)]
    [InlineData(9, 10)]
    [InlineData(0, 1)]
    public void The_map_is_attained(int numerator, int denominator)
    {
        var quantile = new Rational(numerator, denominator);
        var (a, b) = ((long)quantile.Numerator, (long)quantile.Denominator);
        Assert.Equal(Rational.FromInt64(3 * Math.Max(a, b - a)), Scores(Domains.Rows, [5], quantile).Map(3));

        // Three rows on the side that weighs more, added to a balanced or empty data set.
        var row = b - a >= a ? 0 : 9;
        Assert.Equal([-3 * Math.Max(a, b - a)], Scores(Domains.Rows, [5], quantile).Invoke([row, row, row]));

        // One row moved across the candidate moves the score by b where the quantile is not at an end.
        long[] below = [.. Enumerable.Repeat(0L, 20)], one = [9, .. below[1..]];
        if (a != 0 && a != b)
        {
            var sized = Scores(Domains.Replacements, [5], quantile, 20);
            Assert.Equal(sized.Map(1), Rational.FromInt64(sized.Invoke(one)[0] - sized.Invoke(below)[0]));
        }
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("candidates", () => Scores(Domains.Rows, [], Median));
        var refusal = Domains.AssertRefused("candidates", () => Scores(Domains.Rows, [0, 3, 1], Median));
        Assert.Contains("candidate 2, 1,", refusal.Message, StringComparison.Ordinal);
        Domains.AssertRefused("candidates", () => Scores(Domains.Rows, [0, 3, 3], Median));
        Domains.AssertRefused("quantile", () => Scores(Domains.Rows, [0], new(-1, 2)));
        Domains.AssertRefused("quantile", () => Scores(Domains.Rows, [0], new(3, 2)));
        Domains.AssertRefused("quantile", () => Scores(Domains.Rows, [0], new(1, 1L << 31)));
        Domains.AssertRefused("metric", () => Scores(null!, [0], Median));
    }

    static Transformation<IReadOnlyList<long>, IReadOnlyList<long>> Scores(
        RowMetric metric, IReadOnlyList<long> candidates, Rational quantile, int? size = null) =>
        Quantile.Scores(Domains.Integers(size), metric, candidates, quantile);
}
