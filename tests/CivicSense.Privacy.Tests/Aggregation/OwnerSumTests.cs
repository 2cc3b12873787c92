namespace CivicSense.Privacy.Tests;

public sealed class OwnerSumTests
{
    [Fact]
    public void Each_owner_becomes_one_row_in_the_order_of_the_identifiers() => Assert.Equal(
        [7, 3, -10],
        OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, -10, 10).Invoke([new(5, 3), new(1, 9), new(9, -50), new(1, -2)]));

    [Fact]
    public void The_sum_comes_before_the_bound() // otherwise an owner with many rows would contribute many bounds
    {
        var sum = OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, 0, 10);
        Assert.Equal([10], sum.Invoke([.. Enumerable.Repeat(new Owned<long>(1, 8), 1000)]));
        Assert.Equal([5], sum.Invoke([new(1, 100), new(1, -95)]));
    }

    [Fact]
    public void Within_one_owner_nothing_overflows() => Assert.Equal(
        [-2],
        OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, -10, 10)
            .Invoke([new(1, long.MaxValue), new(1, long.MaxValue), new(1, long.MinValue), new(1, long.MinValue)]));

    [Fact]
    public void Neighbours_stay_within_the_map() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        AssertWithin(neighbours.OwnersAdded(neighbours.Integer), OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, lower, upper));
        AssertWithin(
            neighbours.OwnersReplaced(neighbours.Integer), OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersReplaced, lower, upper));
    });

    static void AssertWithin(Pair<Owned<long>> pair, Transformation<IReadOnlyList<Owned<long>>, IReadOnlyList<long>> sums)
    {
        var (data, other) = (sums.Invoke(pair.Data), sums.Invoke(pair.Other));
        Assert.True(sums.Output.Domain.Contains(data));
        Assert.True(Neighbours.SymmetricDistance(data, other) <= sums.Map(pair.Distance));
    }

    [Fact]
    public void The_map_is_attained()
    {
        var present = OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, -9, 9);
        Assert.Equal(
            present.Map(1), Neighbours.SymmetricDistance(present.Invoke([new(1, 3), new(1, 4), new(2, 5)]), present.Invoke([new(2, 5)])));
        var replaced = OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersReplaced, -9, 9);
        Assert.Equal(
            replaced.Map(1),
            Neighbours.SymmetricDistance(replaced.Invoke([new(1, 3), new(2, 5)]), replaced.Invoke([new(1, 4), new(2, 5)])));
    }

    [Fact]
    public void An_owners_total_moves_the_sum_of_all_by_at_most_the_bound()
    {
        var total = OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, -3, 10)
            .Then(ClampedSum.Of(Domains.Bounded(-3, 10), Domains.Rows));
        Assert.Equal(10, total.Map(1));
        Assert.Equal(10, total.Invoke([.. Enumerable.Repeat(new Owned<long>(1, 1000), 1000), new(2, 5)]) - total.Invoke([new(2, 5)]));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("lower", () => OwnerSum.Of(Domains.OwnedIntegers, Domains.OwnersPresent, 1, 0));
        Domains.AssertRefused("metric", () => OwnerSum.Of(Domains.OwnedIntegers, null!, 0, 1));
        Domains.AssertRefused("metric", () => OwnerSum.Of(Domains.Any<Owned<long>>(), Domains.OwnersPresent, 0, 1));
    }
}
