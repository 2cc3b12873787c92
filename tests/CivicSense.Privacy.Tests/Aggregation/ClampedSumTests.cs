namespace CivicSense.Privacy.Tests;

public sealed class ClampedSumTests
{
    [Fact]
    public void The_sum_is_exact_beyond_64_bits_and_does_not_depend_on_order() => Neighbours.Check(neighbours =>
    {
        var rows = neighbours.Added(neighbours.Integer).Data;
        var sum = ClampedSum.Of(Domains.Bounded(long.MinValue, long.MaxValue), Domains.Rows);
        Assert.Equal(rows.Aggregate(Int128.Zero, (total, row) => total + row), sum.Invoke(rows));
        Assert.Equal(sum.Invoke(rows), sum.Invoke(neighbours.Shuffled([.. rows])));
    });

    [Fact]
    public void Sums_of_neighbours_are_within_the_map() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        if (lower == upper)
        {
            return; // no row could move such a sum, and it is refused
        }

        long Row() => Math.Clamp(neighbours.Integer(), lower, upper);
        AssertWithin(neighbours.Added(Row), ClampedSum.Of(Domains.Bounded(lower, upper), Domains.Rows));

        var replaced = neighbours.Replaced(Row);
        AssertWithin(replaced, ClampedSum.Of(Domains.Bounded(lower, upper, replaced.Data.Count), Domains.Replacements));
        AssertWithin(
            replaced with { Distance = 2 * replaced.Distance },
            ClampedSum.Of(Domains.Bounded(lower, upper, replaced.Data.Count), Domains.Rows));
    });

    static void AssertWithin(Pair<long> pair, Transformation<IReadOnlyList<long>, Int128> sum) => Assert.True(
        Rational.Abs(Rational.FromInteger(sum.Invoke(pair.Data)) - Rational.FromInteger(sum.Invoke(pair.Other))) <= sum.Map(pair.Distance));

    [Theory] // diffprivlib pull request 110: a sensitivity that used the lower bound twice was 0 for equal magnitudes
    [InlineData(-3, 10, "10/1", "13/1")]
    [InlineData(-10, 3, "10/1", "13/1")]
    [InlineData(-10, -3, "10/1", "7/1")]
    [InlineData(3, 10, "10/1", "7/1")]
    [InlineData(-5, 5, "5/1", "10/1")]
    [InlineData(long.MinValue, long.MaxValue, "9223372036854775808/1", "18446744073709551615/1")]
    public void The_map_uses_both_bounds_and_does_not_overflow(long lower, long upper, string added, string replaced)
    {
        Assert.Equal(added, ClampedSum.Of(Domains.Bounded(lower, upper), Domains.Rows).Map(1).ToString());
        Assert.Equal(replaced, ClampedSum.Of(Domains.Bounded(lower, upper, 4), Domains.Replacements).Map(1).ToString());
    }

    [Fact]
    public void A_sum_that_no_row_can_move_is_refused_for_its_sensitivity_of_zero()
    {
        Assert.Contains("0 and 0", Refused(() => ClampedSum.Of(Domains.Bounded(0, 0), Domains.Rows)), StringComparison.Ordinal);
        Assert.Contains("5 and 5", Refused(() => ClampedSum.Of(Domains.Bounded(5, 5, 4), Domains.Replacements)), StringComparison.Ordinal);
        Assert.Contains("5 and 5", Refused(() => ClampedSum.Of(Domains.Bounded(5, 5, 4), Domains.Rows)), StringComparison.Ordinal);
        Assert.Equal(5, ClampedSum.Of(Domains.Bounded(5, 5), Domains.Rows).Map(1)); // an added row moves it
        Assert.Equal("9223372036854775808/1", ClampedSum.Of(Domains.Bounded(long.MinValue, long.MinValue), Domains.Rows).Map(1).ToString());

        static string Refused(Action construct) => Assert.Throws<ArgumentException>("domain", construct).Message;
    }

    [Theory]
    [InlineData(-3, 10)]
    [InlineData(-10, 3)]
    [InlineData(long.MinValue, long.MaxValue)]
    public void The_map_is_attained(long lower, long upper)
    {
        var worst = -(Int128)lower > upper ? lower : upper;
        var sum = ClampedSum.Of(Domains.Bounded(lower, upper), Domains.Rows);
        Assert.Equal(sum.Map(3), Rational.FromInteger(Int128.Abs(sum.Invoke([0, worst, worst, worst]) - sum.Invoke([0]))));

        var replaced = ClampedSum.Of(Domains.Bounded(lower, upper, 3), Domains.Replacements);
        Assert.Equal(replaced.Map(2), Rational.FromInteger(replaced.Invoke([0, upper, upper]) - replaced.Invoke([0, lower, lower])));
    }

    [Fact] // OpenDP 0.4: the number of replaced rows in a sum of public size was rounded after, not before, the product
    public void With_a_public_size_an_odd_distance_replaces_no_half_row()
    {
        var sum = ClampedSum.Of(Domains.Bounded(0, 3, 5), Domains.Rows);
        Assert.Equal(["0/1", "0/1", "3/1", "3/1", "6/1"], Enumerable.Range(0, 5).Select(d => sum.Map(d).ToString()));
    }

    [Fact]
    public void Rows_outside_the_bounds_never_reach_the_sum() =>
        Assert.Throws<ArgumentException>(() => ClampedSum.Of(Domains.Bounded(0, 3), Domains.Rows).Invoke([4]));

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("domain", () => ClampedSum.Of(Domains.Integers(), Domains.Rows));
        Domains.AssertRefused("metric", () => ClampedSum.Of(Domains.Bounded(0, 1), null!));
        Domains.AssertRefused("metric", () => ClampedSum.Of(Domains.Bounded(0, 1), Domains.Replacements));
    }

    [Fact]
    public void A_clamp_to_other_bounds_cannot_be_chained() => Assert.Throws<ArgumentException>(() =>
        Clamp.Of(Domains.Integers(), Domains.Rows, 0, 100).Then(ClampedSum.Of(Domains.Bounded(0, 10), Domains.Rows)));
}
