namespace CivicSense.Privacy.Tests;

public sealed class OwnerCountTests
{
    [Fact]
    public void Owners_count_once_however_many_rows_they_have() => Assert.Equal(
        2, OwnerCount.Of(Domains.OwnedIntegers, Domains.OwnersPresent).Invoke([new(1, 5), new(1, 5), new(2, 5)]));

    [Fact]
    public void Counts_of_neighbours_are_within_the_map() => Neighbours.Check(neighbours =>
    {
        AssertWithin(neighbours.OwnersAdded(neighbours.Integer), OwnerCount.Of(Domains.OwnedIntegers, Domains.OwnersPresent));
        AssertWithin(neighbours.OwnersReplaced(neighbours.Integer), OwnerCount.Of(Domains.OwnedIntegers, Domains.OwnersReplaced));
    });

    static void AssertWithin(Pair<Owned<long>> pair, Transformation<IReadOnlyList<Owned<long>>, Int128> count) =>
        Assert.True(Rational.FromInteger(Int128.Abs(count.Invoke(pair.Data) - count.Invoke(pair.Other))) <= count.Map(pair.Distance));

    [Fact]
    public void The_map_is_attained()
    {
        var count = OwnerCount.Of(Domains.OwnedIntegers, Domains.OwnersPresent);
        Assert.Equal(count.Map(2), Rational.FromInteger(count.Invoke([new(1, 1), new(2, 1), new(3, 1)]) - count.Invoke([new(1, 1)])));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("metric", () => OwnerCount.Of(Domains.OwnedIntegers, null!));
        var refusal = Domains.AssertRefused("metric", () => OwnerCount.Of(Domains.Any<Owned<long>>(), Domains.OwnersPresent));
        Assert.Contains(
            "measures lists of rows with an owner, not lists of values of type Owned<Int64>", refusal.Message, StringComparison.Ordinal);
    }
}
