namespace CivicSense.Privacy.Tests;

/// <summary>
/// Allocated bytes of a window's release in this room, held to benchmarks/expected-allocations.json: for each of 1,000 keys, with the fixed
/// costs shared out among them. Fewer are welcome, more must be a decision.
/// </summary>
public sealed class AllocationsPerKeyTests
{
    const string Section = "CivicSense.Privacy, at most so many bytes for each of 1,000 keys";
    const int Keys = 1_000;
    const int Owners = Keys / 4;

    static readonly OwnerDayMechanism Mechanism = new(Rational.FromDecimal(0.028m));

    static Dictionary<string, Action> Measured { get; } = new(StringComparer.Ordinal)
    {
        ["OwnerDayMechanism.Clip(OwnerDayDomain, OwnerDayWindow), one residual a key, four an owner"] = Clipping(),
        ["OwnerDayMechanism.Publish"] = Publishing(),
    };

    public static TheoryData<string> Names => new(Measured.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_window_allocates_no_more_bytes_a_key_than_expected(string operation)
    {
        var expected = Expected()[operation];
        var act = Measured[operation];
        act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        act();
        var perKey = (GC.GetAllocatedBytesForCurrentThread() - before + Keys - 1) / Keys;
        Assert.True(perKey <= expected, $"{operation}: {perKey} bytes a key, {expected} expected.");
    }

    [Fact]
    public void Every_expected_figure_is_measured() =>
        Assert.Equal(Expected().Keys.Order(StringComparer.Ordinal), Measured.Keys.Order(StringComparer.Ordinal));

    static Action Clipping()
    {
        var domain = new OwnerDayDomain(
            Enumerable.Repeat(0.5, Keys), Enumerable.Range(0, Owners).Select(owner => KeyValuePair.Create(owner, 1)));
        OwnerDayResidual[] residuals =
            [.. Enumerable.Range(0, Keys).Select(key => new OwnerDayResidual(key % Owners, Keys - 1 - key, 0.1))];
        var window = new OwnerDayWindow(new Dictionary<int, long>(), residuals);
        return () => Mechanism.Clip(domain, window);
    }

    static Action Publishing()
    {
        var sums = new Int128[Keys];
        return () => Mechanism.Publish(sums);
    }

    static Dictionary<string, long> Expected() => RepositoryFile.ExpectedAllocations(Section);
}
