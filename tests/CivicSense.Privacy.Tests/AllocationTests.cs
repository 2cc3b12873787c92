namespace CivicSense.Privacy.Tests;

/// <summary>Allocated bytes of the hot operations of this room, held to benchmarks/expected-allocations.json.</summary>
public sealed class AllocationTests
{
    const int Operations = 2_000;

    static Dictionary<string, Action> Measured { get; } = new(StringComparer.Ordinal)
    {
        ["DiscreteGaussian.Sample"] = Drawing(new DiscreteGaussian(new Rational(536_870_912_000, 7)).Sample),
        ["DiscreteLaplace.Sample"] = Drawing(new DiscreteLaplace(new Rational(250, 7)).Sample),
        ["BoundedLaplace.Draw"] = Drawing(new BoundedLaplace(20, 1_000, new RandomWords(OperatingSystemRandomBytes.Instance)).Draw),
        ["BinaryTreeCounter.Add"] = Counting(BinaryTreeCounter.Gaussian(1L << 40, 100)),
        ["OwnerDayMechanism.Clip"] = Clipping(new OwnerDayMechanism(Rational.FromDecimal(0.028m))),
    };

    public static TheoryData<string> Names => new(Measured.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hot_operation_allocates_as_many_bytes_as_expected(string operation)
    {
        var expected = Expected();
        var act = Measured[operation];
        act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Operations; i++)
            act();

        Assert.Equal(expected[operation], (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations);
    }

    [Fact]
    public void Every_expected_figure_is_measured() =>
        Assert.Equal(Expected().Keys.Order(StringComparer.Ordinal), Measured.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void The_BigInteger_path_is_seen_to_allocate() // otherwise the figures of 0 would prove nothing
    {
        var large = new DiscreteGaussian(100, OperatingSystemRandomBytes.Instance, useFastPath: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        large.Sample();
        Assert.NotEqual(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static Dictionary<string, long> Expected() => RepositoryFile.ExpectedAllocations("CivicSense.Privacy");

    static Action Drawing<T>(Func<T> draw) => () => draw();

    static Action Counting(BinaryTreeCounter counter) => () => counter.Add(1);

    static Action Clipping(OwnerDayMechanism mechanism) => () =>
    {
        var budget = mechanism.BudgetAtMidnight(1);
        mechanism.Clip(0.1, 1, ref budget);
    };
}
