namespace CivicSense.Privacy.Tests;

public sealed class OwnerTruncationTests
{
    [Fact]
    public void An_owner_within_the_limit_keeps_all_rows() => Assert.Equal(
        [1, 1, 2], Of<long>(Domains.OwnersPresent, 3).Invoke([new(1, 2), new(1, 1), new(1, 1)]));

    [Fact]
    public void Of_an_owner_beyond_the_limit_evenly_spread_values_are_kept()
    {
        Owned<long>[] rows = [.. Enumerable.Range(0, 10).Reverse().Select(value => new Owned<long>(1, value))];
        Assert.Equal([5], Of<long>(Domains.OwnersPresent, 1).Invoke(rows));
        Assert.Equal([2, 7], Of<long>(Domains.OwnersPresent, 2).Invoke(rows));
        Assert.Equal([0, 1, 2, 3, 5, 6, 7, 8, 9], Of<long>(Domains.OwnersPresent, 9).Invoke(rows));
    }

    [Fact]
    public void No_row_is_kept_twice() => Neighbours.Check(neighbours =>
    {
        var (rows, limit) = (neighbours.Random.Next(1, 60), neighbours.Random.Next(1, 60));
        var kept = Of<long>(Domains.OwnersPresent, limit).Invoke([.. Enumerable.Range(0, rows).Select(value => new Owned<long>(7, value))]);
        Assert.Equal(Math.Min(rows, limit), kept.Distinct().Count());
    });

    [Fact]
    public void The_largest_limit_works() =>
        Assert.Equal([1, 2], Of<long>(Domains.OwnersPresent, int.MaxValue).Invoke([new(1, 2), new(1, 1)]));

    [Fact]
    public void The_choice_does_not_depend_on_the_order_of_rows() => Neighbours.Check(neighbours =>
    {
        var rows = neighbours.OwnersAdded(neighbours.Integer).Data;
        var truncation = Of<long>(Domains.OwnersPresent, 2);
        Assert.Equal(truncation.Invoke(rows), truncation.Invoke(neighbours.Shuffled([.. rows])));
    });

    [Fact] // google/differential-privacy pull request 84: owners who share values with an outlier were bounded together with it
    public void What_is_kept_of_an_owner_does_not_depend_on_others_with_the_same_values() => Neighbours.Check(neighbours =>
    {
        string Shared() => "abc"[neighbours.Random.Next(3)].ToString();
        var own = neighbours.OwnersAdded(Shared).Data.Where(row => row.Owner == 0).ToArray();
        Owned<string>[] outlier = [.. Enumerable.Range(0, 50).Select(i => new Owned<string>(1, "abc"[i % 3].ToString()))];
        foreach (var distinct in new[] { false, true })
        {
            var truncation = OwnerTruncation.Of(Domains.OwnedAny<string>(), Domains.OwnersPresent, 2, distinct);
            var (alone, together) = (truncation.Invoke(own), truncation.Invoke([.. outlier, .. own]));
            Assert.Equal(2, Neighbours.SymmetricDistance(alone, together));
            Assert.Empty(alone.Except(together));
        }
    });

    [Fact]
    public void Neighbours_stay_within_the_map() => Neighbours.Check(neighbours =>
    {
        var (limit, distinct) = (neighbours.Random.Next(1, 4), neighbours.Random.Next(2) == 0);
        AssertWithin(neighbours.OwnersAdded(neighbours.Integer), Of<long>(Domains.OwnersPresent, limit, distinct));
        AssertWithin(neighbours.OwnersReplaced(neighbours.Integer), Of<long>(Domains.OwnersReplaced, limit, distinct));
    });

    static void AssertWithin(Pair<Owned<long>> pair, Transformation<IReadOnlyList<Owned<long>>, IReadOnlyList<long>> truncation)
    {
        var distance = Neighbours.SymmetricDistance(truncation.Invoke(pair.Data), truncation.Invoke(pair.Other));
        Assert.True(distance <= truncation.Map(pair.Distance));
    }

    [Fact]
    public void The_map_is_attained()
    {
        Owned<long>[] ones = [.. Enumerable.Repeat(new Owned<long>(1, 1), 9)], twos = [.. Enumerable.Repeat(new Owned<long>(1, 2), 9)];
        var present = Of<long>(Domains.OwnersPresent, 3);
        Assert.Equal(present.Map(1), Neighbours.SymmetricDistance(present.Invoke(ones), present.Invoke([])));
        var replaced = Of<long>(Domains.OwnersReplaced, 3);
        Assert.Equal(replaced.Map(1), Neighbours.SymmetricDistance(replaced.Invoke(ones), replaced.Invoke(twos)));
    }

    [Fact]
    public void Distinct_values_of_an_owner_count_once() => Assert.Equal(
        [1, 2, 1], Of<long>(Domains.OwnersPresent, 5, distinct: true).Invoke([new(1, 1), new(2, 1), new(1, 2), new(1, 1)]));

    [Fact] // a culture takes "co\u00ADop" and "coop" for the same, so that sorting would let the order of the data through
    public void Strings_are_ordered_by_their_characters() => Neighbours.Check(neighbours =>
    {
        Owned<string>[] rows = [new(1, "coop"), new(1, "co\u00ADop"), new(1, "COOP")];
        var truncation = OwnerTruncation.Of(Domains.OwnedAny<string>(), Domains.OwnersPresent, 1, distinct: true);
        Assert.Equal(["coop"], truncation.Invoke(neighbours.Shuffled(rows)));
    });

    public static TheoryData<Func<IComparer<object>?, object>> Distinguishable =>
    [
        Needs<double>(), Needs<float>(), Needs<Half>(), Needs<decimal>(), Needs<DateTime>(), Needs<DateTimeOffset>(),
        Needs<(int Room, double Level)>(), Needs<(string Street, int House)>(),
    ];

    static Func<IComparer<object>?, object> Needs<T>()
        where T : IComparable<T> => order =>
    {
        var typed = order is null ? null : Comparer<T>.Create((x, y) => order.Compare(x, y));
        return OwnerTruncation.Of(Domains.OwnedAny<T>(), Domains.OwnersPresent, 1, order: typed);
    };

    [Theory] // 0.0 and -0.0, 1.0m and 1.00m, one instant in two time zones: which one is kept would depend on the order of rows
    [MemberData(nameof(Distinguishable))]
    public void Values_that_are_equal_but_can_be_told_apart_need_an_order_of_their_own(Func<IComparer<object>?, object> truncate)
    {
        Domains.AssertRefused("order", () => truncate(null));
        Assert.NotNull(truncate(Comparer<object>.Default));
    }

    [Fact]
    public void With_an_order_by_bits_the_choice_does_not_depend_on_the_order_of_rows()
    {
        var byBits = Comparer<double>.Create((x, y) => BitConverter.DoubleToInt64Bits(x).CompareTo(BitConverter.DoubleToInt64Bits(y)));
        var truncation = OwnerTruncation.Of(Domains.OwnedAny<double>(), Domains.OwnersPresent, 1, order: byBits);
        var (forth, back) = (truncation.Invoke([new(1, 0.0), new(1, -0.0)]), truncation.Invoke([new(1, -0.0), new(1, 0.0)]));
        Assert.Equal(forth.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void Integers_texts_and_tuples_of_integers_need_no_order()
    {
        Assert.NotNull(Of<Int128>(Domains.OwnersPresent, 1));
        Assert.NotNull(Of<string>(Domains.OwnersPresent, 1));
        Assert.NotNull(Of<Guid>(Domains.OwnersPresent, 1));
        Assert.NotNull(Of<(int Room, long Level)>(Domains.OwnersPresent, 1));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("limit", () => Of<long>(Domains.OwnersPresent, 0));
        Domains.AssertRefused("limit", () => Of<long>(Domains.OwnersPresent, -1));
        Domains.AssertRefused("metric", () => Of<long>(null!, 1));
        Domains.AssertRefused("metric", () => OwnerTruncation.Of(Domains.Any<Owned<long>>(), Domains.OwnersPresent, 1));
    }

    static Transformation<IReadOnlyList<Owned<T>>, IReadOnlyList<T>> Of<T>(OwnerMetric metric, int limit, bool distinct = false)
        where T : IComparable<T> => OwnerTruncation.Of(Domains.OwnedAny<T>(), metric, limit, distinct);
}
