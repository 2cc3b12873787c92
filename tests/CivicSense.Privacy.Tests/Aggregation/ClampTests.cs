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
        var moved = Neighbours.SymmetricDistance(sized.Invoke(replaced.Data), sized.Invoke(replaced.Other));
        Assert.True(moved <= 2 * sized.Map(replaced.Distance));
    });

    [Fact]
    public void Single_numbers_stay_as_close_as_they_were_and_within_the_bounds() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        var clamp = Clamp.Of(new AtomDomain<Int128>(), lower, upper);
        Int128 number = neighbours.Integer(), other = (Int128)neighbours.Integer() * neighbours.Integer();
        var (first, second) = (clamp.Invoke(number), clamp.Invoke(other));
        Assert.True(clamp.Output.Domain.Contains(first) && clamp.Output.Domain.Contains(second));
        var distance = Rational.Abs(Rational.FromInteger(number) - Rational.FromInteger(other));
        Assert.True(Rational.Abs(Rational.FromInteger(first) - Rational.FromInteger(second)) <= clamp.Map(distance));
    });

    [Fact]
    public void A_count_reaches_the_geometric_mechanism_behind_a_clamp()
    {
        var count = Count.Of(Domains.Any<string>())
            .Then(number => Clamp.Of(number, 0, 100))
            .Then(number => GeometricMechanism.Scalar(number, 2));
        Assert.Equal(new Rational(1, 2), count.Map(1));
        Assert.InRange(count.Release(1, ["a", "b"]).Value, 0, 100);
    }

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
        var refusal = Domains.AssertRefused("lower", () => Clamp.Of(Domains.Integers(), Domains.Rows, 3, 2));
        Assert.Contains("2", refusal.Message, StringComparison.Ordinal);
        Domains.AssertRefused("lower", () => Clamp.Of(new AtomDomain<Int128>(), 3, 2));
        Domains.AssertRefused("metric", () => Clamp.Of(Domains.Integers(), null!, 0, 1));
        Domains.AssertRefused("metric", () => Clamp.Of(Domains.Integers(), Domains.Replacements, 0, 1)); // the size is private
    }
}
