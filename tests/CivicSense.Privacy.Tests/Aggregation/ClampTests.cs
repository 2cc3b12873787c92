namespace CivicSense.Privacy.Tests;

public sealed class ClampTests
{
    [Fact]
    public void Rows_move_to_the_nearest_number_within_the_bounds() => Assert.Equal(
        [-3, -3, 0, 10, 10],
        Clamp.Of(Domains.Integers(), Domains.Rows, -3, 10).Invoke([long.MinValue, -4, 0, 10, long.MaxValue]));

    [Fact]
    public void Data_that_are_d_rows_apart_stay_within_d_rows() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        var added = neighbours.Added(neighbours.Integer);
        var clamp = Clamp.Of(Domains.Integers(), Domains.Rows, lower, upper);
        Assert.True(Neighbours.SymmetricDistance(clamp.Invoke(added.Data), clamp.Invoke(added.Other)) <= clamp.Map(added.Distance));

        var replaced = neighbours.Replaced(neighbours.Integer);
        var sized = Clamp.Of(Domains.Integers(replaced.Data.Count), Domains.Replacements, lower, upper);
        Assert.True(Neighbours.SymmetricDistance(sized.Invoke(replaced.Data), sized.Invoke(replaced.Other)) <= 2 * sized.Map(replaced.Distance));
    });

    [Fact]
    public void The_map_is_attained()
    {
        var clamp = Clamp.Of(Domains.Integers(), Domains.Rows, 0, 1);
        Assert.Equal(clamp.Map(2), Neighbours.SymmetricDistance(clamp.Invoke([5, -5, 1]), clamp.Invoke([1])));
    }

    [Fact]
    public void Results_are_members_of_the_output_domain_and_the_size_stays_public()
    {
        var clamp = Clamp.Of(Domains.Integers(3), Domains.Replacements, -2, 2);
        Assert.Equal(Domains.Bounded(-2, 2, 3), clamp.Output.Domain);
        Assert.True(clamp.Output.Domain.Contains(clamp.Invoke([long.MaxValue, 0, long.MinValue])));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Contains("2", Domains.AssertRefused("lower", () => Clamp.Of(Domains.Integers(), Domains.Rows, 3, 2)).Message, StringComparison.Ordinal);
        Domains.AssertRefused("metric", () => Clamp.Of(Domains.Integers(), new L1Distance(), 0, 1));
        Domains.AssertRefused("metric", () => Clamp.Of(Domains.Integers(), Domains.Replacements, 0, 1)); // the size is private
    }
}
