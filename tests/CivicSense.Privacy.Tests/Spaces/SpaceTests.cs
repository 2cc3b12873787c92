using System.Reflection;

namespace CivicSense.Privacy.Tests;

public sealed class SpaceTests
{
    static readonly VectorDomain<long> Numbers = new(new AtomDomain<long>());
    static readonly VectorDomain<Owned<long>> OwnedRows = new(new OwnedDomain<long>(new AtomDomain<long>()));

    [Fact]
    public void Domains_that_are_described_in_the_same_way_are_equal()
    {
        Assert.Equal(new VectorDomain<long>(new AtomDomain<long>(0, 5), 3), new VectorDomain<long>(new AtomDomain<long>(0, 5), 3));
        Assert.NotEqual(new AtomDomain<long>(0, 5), new AtomDomain<long>(0, 6));
        Assert.NotEqual(new VectorDomain<long>(new AtomDomain<long>(), 3), new VectorDomain<long>(new AtomDomain<long>()));
        Assert.NotEqual(new AtomDomain<double>(holdsNan: true), new AtomDomain<double>());
        Assert.NotEqual(new AtomDomain<long>(long.MinValue, long.MaxValue), new AtomDomain<long>()); // only the first has bounds to rely on
    }

    [Fact]
    public void Only_types_that_have_NaN_hold_it()
    {
        Assert.Equal("holdsNan", Assert.Throws<ArgumentException>(() => new AtomDomain<long>(holdsNan: true)).ParamName);
        Assert.Equal("holdsNan", Assert.Throws<ArgumentException>(() => new AtomDomain<decimal>(holdsNan: true)).ParamName);
        Assert.True(new AtomDomain<Half>(holdsNan: true).Contains(Half.NaN));
    }

    [Fact] // the compiler gives records a copy constructor that anybody may call, so a private constructor closes nothing
    public void Nobody_outside_the_room_can_derive_a_domain_a_metric_or_a_measure()
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var open = typeof(Domain).Assembly.GetExportedTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: false, IsInterface: false })
            .Where(type => !type.GetMethods(Declared)
                .Any(method => method.IsAbstract && (method.IsAssembly || method.IsFamilyAndAssembly)));
        Assert.Empty(open);
    }

    [Fact]
    public void Messages_name_what_a_list_holds()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<long>>(Numbers, new SymmetricIdDistance()));
        Assert.Contains("lists of rows with an owner, not lists of numbers of type Int64", refusal.Message, StringComparison.Ordinal);
        var number = Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<Owned<long>>>(OwnedRows, new L1Distance()));
        Assert.Contains("not lists of numbers of type Int64 with an owner", number.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_include_their_ends_and_exclude_NaN()
    {
        var domain = new AtomDomain<double>(-1, 2);
        Assert.True(domain.Contains(-1) && domain.Contains(2));
        Assert.All([2.5, -1.5, double.NaN, double.PositiveInfinity], outside => Assert.False(domain.Contains(outside)));
        Assert.True(new AtomDomain<double>(holdsNan: true).Contains(double.NaN));
        Assert.False(new AtomDomain<double>().Contains(double.NaN));
    }

    [Fact]
    public void Bounds_that_bound_nothing_are_refused()
    {
        Assert.Equal("lower", Assert.Throws<ArgumentOutOfRangeException>(() => new AtomDomain<double>(double.NaN, 1)).ParamName);
        Assert.Equal("upper", Assert.Throws<ArgumentOutOfRangeException>(() => new AtomDomain<double>(0, double.NaN)).ParamName);
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new AtomDomain<long>(2, 1));
        Assert.Contains("above the upper bound", refusal.Message, StringComparison.Ordinal);
        Domains.AssertRefused("size", () => new VectorDomain<long>(new AtomDomain<long>(), -1));
    }

    [Fact]
    public void Vectors_have_members_of_the_element_domain_only_and_the_public_size()
    {
        var domain = new VectorDomain<long>(new AtomDomain<long>(0, 5), 2);
        Assert.True(domain.Contains([0, 5]));
        Assert.False(domain.Contains([0, 6]) || domain.Contains([1]) || domain.Contains(null!));
        Assert.True(new VectorDomain<long>(new AtomDomain<long>(0, 5)).Contains([]));
    }

    [Fact]
    public void NaN_has_no_place_where_distances_are_measured()
    {
        var holdsNan = new AtomDomain<double>(holdsNan: true);
        Assert.Throws<ArgumentException>(() => new Space<double>(holdsNan, new AbsoluteDistance()));
        Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<double>>(new VectorDomain<double>(holdsNan), new L1Distance()));
        // Rows may hold anything.
        Assert.NotNull(new Space<IReadOnlyList<double>>(new VectorDomain<double>(holdsNan), new SymmetricDistance()));
    }

    [Theory]
    [InlineData(typeof(SymmetricDistance))]
    [InlineData(typeof(L1Distance))]
    [InlineData(typeof(L2Distance))]
    [InlineData(typeof(LInfDistance))]
    public void Metrics_on_lists_do_not_measure_single_numbers(Type metric)
    {
        var instance = metric == typeof(LInfDistance) ? new LInfDistance() : (Metric)Activator.CreateInstance(metric)!;
        Assert.Throws<ArgumentException>(() => new Space<long>(new AtomDomain<long>(), instance));
    }

    [Fact]
    public void Owner_metrics_need_rows_with_an_owner()
    {
        Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<long>>(Numbers, new SymmetricIdDistance()));
        Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<long>>(Numbers, new ChangeOneIdDistance()));
        Assert.NotNull(new Space<IReadOnlyList<Owned<long>>>(OwnedRows, new SymmetricIdDistance()));
    }

    [Fact]
    public void Replacing_rows_needs_a_public_number_of_rows()
    {
        Assert.Throws<ArgumentException>(() => new Space<IReadOnlyList<long>>(Numbers, new ChangeOneDistance()));
        Assert.NotNull(new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(), 5), new ChangeOneDistance()));
    }

    [Fact]
    public void The_discrete_distance_is_zero_or_one()
    {
        var space = new Space<long>(new AtomDomain<long>(), new DiscreteDistance());
        space.RequireDistance(Rational.One, "distance");
        Assert.Throws<ArgumentOutOfRangeException>(() => space.RequireDistance(new Rational(2, 1), "distance"));
    }
}
