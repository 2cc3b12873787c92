namespace CivicSense.Privacy.Tests;

public sealed class CountByCategoryTests
{
    static readonly string[] Categories = ["a", "b", "c"];

    [Fact]
    public void Rows_are_counted_in_the_order_of_the_categories() =>
        Assert.Equal([2, 0, 1], Of(Domains.Rows, new L1Distance()).Invoke(["c", "a", "x", "a", "A"]));

    [Fact]
    public void Rows_of_no_category_are_counted_in_the_last_slot_where_that_is_wanted() =>
        Assert.Equal([2, 0, 1, 2], Of(Domains.Rows, new L1Distance(), countOthers: true).Invoke(["c", "a", "x", "a", "A"]));

    [Fact]
    public void The_size_of_the_result_is_public() =>
        Assert.Equal(4, ((VectorDomain<Int128>)Of(Domains.Rows, new L1Distance(), countOthers: true).Output.Domain).Size);

    [Fact]
    public void Counts_of_neighbours_are_within_the_map() => Neighbours.Check(neighbours =>
    {
        string Row() => "abcx"[neighbours.Random.Next(4)].ToString();
        var countOthers = neighbours.Random.Next(2) == 0;
        var (added, replaced) = (neighbours.Added(Row), neighbours.Replaced(Row));
        foreach (var output in new NormMetric[] { new L1Distance(), new L2Distance() })
        {
            AssertWithin(added, Of(Domains.Rows, output, null, countOthers), output);
            AssertWithin(replaced, Of(Domains.Replacements, output, replaced.Data.Count, countOthers), output);
        }
    });

    static void AssertWithin(Pair<string> pair, Transformation<IReadOnlyList<string>, IReadOnlyList<Int128>> count, NormMetric output)
    {
        var moves = count.Invoke(pair.Data).Zip(count.Invoke(pair.Other), (a, b) => (long)Int128.Abs(a - b)).ToArray();
        var bound = count.Map(pair.Distance);
        Assert.True(output is L1Distance ? moves.Sum() <= bound : moves.Sum(move => move * move) <= bound * bound);
    }

    [Fact]
    public void The_map_is_attained_by_rows_of_one_category()
    {
        foreach (var output in new NormMetric[] { new L1Distance(), new L2Distance() })
        {
            var count = Of(Domains.Rows, output);
            Assert.Equal(3, count.Map(3));
            Assert.Equal([3, 0, 0], count.Invoke(["a", "a", "a"]));
        }

        // Two rows replaced move two counts by two: 4 in L1 and the root of 8 in L2, from above and closely.
        Assert.Equal(4, Of(Domains.Replacements, new L1Distance(), 2).Map(2));
        var map = Of(Domains.Replacements, new L2Distance(), 2).Map(2);
        Assert.InRange(map * map, 8, 8 + new Rational(1, 1L << 60));
    }

    [Fact]
    public void Scores_move_in_one_direction_for_each_row() => Neighbours.Check(neighbours =>
    {
        string Row() => "abcx"[neighbours.Random.Next(4)].ToString();
        var pair = neighbours.Added(Row);
        AssertMonotonic(pair, CountByCategory.Scores(Domains.Any<string>(), Domains.Rows, Categories));
        var replaced = neighbours.Replaced(Row);
        AssertMonotonic(replaced, CountByCategory.Scores(Domains.Any<string>(replaced.Data.Count), Domains.Replacements, Categories));
    });

    /// <summary>
    /// The monotonic distance is the largest rise plus the largest fall: docs/privacy/exponential-mechanism.md, section 1.
    /// </summary>
    static void AssertMonotonic(Pair<string> pair, Transformation<IReadOnlyList<string>, IReadOnlyList<long>> scores)
    {
        Assert.Equal(new LInfDistance(Monotonic: true), scores.Output.Metric);
        var moves = scores.Invoke(pair.Data).Zip(scores.Invoke(pair.Other), (a, b) => a - b).Append(0).ToArray();
        Assert.True(moves.Max() - moves.Min() <= scores.Map(pair.Distance));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("categories", () => CountByCategory.Of(Domains.Any<string>(), Domains.Rows, [], new L1Distance()));
        var refusal = Domains.AssertRefused(
            "categories", () => CountByCategory.Of(Domains.Any<string>(), Domains.Rows, ["a", "b", "a"], new L1Distance()));
        Assert.Contains("0 and 2 are the same: a", refusal.Message, StringComparison.Ordinal);
        Domains.AssertRefused("categories", () => CountByCategory.Scores(Domains.Any<string>(), Domains.Rows, ["a", "a"]));
        Domains.AssertRefused(
            "categories", () => CountByCategory.Of(Domains.Any<string>(), Domains.Rows, ["a", null!], new L1Distance()));
        Domains.AssertRefused("output", () => Of(Domains.Rows, null!));
        Domains.AssertRefused("metric", () => Of(null!, new L1Distance()));
    }

    static Transformation<IReadOnlyList<string>, IReadOnlyList<Int128>> Of(
        RowMetric metric, NormMetric output, int? size = null, bool countOthers = false) =>
        CountByCategory.Of(Domains.Any<string>(size), metric, Categories, output, countOthers);
}
