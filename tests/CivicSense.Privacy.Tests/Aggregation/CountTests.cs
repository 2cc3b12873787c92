namespace CivicSense.Privacy.Tests;

public sealed class CountTests
{
    [Fact]
    public void Counts_of_neighbours_are_within_the_map() => Neighbours.Check(neighbours =>
    {
        var pair = neighbours.Added(neighbours.Integer);
        var count = Count.Of(Domains.Integers());
        Assert.Equal(pair.Data.Count, count.Invoke(pair.Data));
        Assert.True(Rational.FromInteger(Int128.Abs(count.Invoke(pair.Data) - count.Invoke(pair.Other))) <= count.Map(pair.Distance));
    });

    [Fact]
    public void The_map_is_attained()
    {
        var count = Count.Of(Domains.Integers());
        Assert.Equal(count.Map(2), Rational.FromInteger(count.Invoke([1, 1, 1]) - count.Invoke([1])));
    }

    [Fact]
    public void A_public_number_of_rows_is_not_counted() => Domains.AssertRefused("domain", () => Count.Of(Domains.Integers(3)));
}
