namespace CivicSense.Privacy.Tests;

/// <summary>Domains and metrics by short names.</summary>
static class Domains
{
    public static readonly SymmetricDistance Rows = new();
    public static readonly ChangeOneDistance Replacements = new();
    public static readonly SymmetricIdDistance OwnersPresent = new();
    public static readonly ChangeOneIdDistance OwnersReplaced = new();

    public static VectorDomain<long> Integers(int? size = null) => new(new AtomDomain<long>(), size);

    public static VectorDomain<long> Bounded(long lower, long upper, int? size = null) => new(new AtomDomain<long>(lower, upper), size);

    public static VectorDomain<double> Doubles(int? size = null) => new(new AtomDomain<double>(holdsNan: true), size);

    public static VectorDomain<T> Any<T>(int? size = null) => new(new AnyDomain<T>(), size);

    public static VectorDomain<Owned<double>> OwnedDoubles => new(new OwnedDomain<double>(new AtomDomain<double>(holdsNan: true)));

    public static VectorDomain<Owned<long>> OwnedIntegers => new(new OwnedDomain<long>(new AtomDomain<long>()));

    public static VectorDomain<Owned<T>> OwnedAny<T>() => new(new OwnedDomain<T>(new AnyDomain<T>()));

    /// <summary>Asserts that an argument is refused, by name.</summary>
    public static ArgumentException AssertRefused(string argument, Func<object> construct)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => construct());
        Assert.Equal(argument, refusal.ParamName);
        return refusal;
    }
}
