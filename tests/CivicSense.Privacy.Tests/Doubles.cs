using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>Doubles of every kind: special values, all bit patterns, and ordinary magnitudes around the norm bound.</summary>
static class Doubles
{
    static readonly double[] Special =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon,
        0d, -0d, 1d, -1d, Math.BitDecrement(1d), Math.BitIncrement(1d), 1 / 65536d, -1 / 65536d, 2.2250738585072009e-308,
    ];

    public static Gen<double> Any { get; } = Gen.OneOf(
        Gen.Elements(Special),
        ArbMap.Default.GeneratorFor<long>().Select(seed => BitConverter.Int64BitsToDouble(unchecked(seed * -7046029254386353131))),
        Gen.Choose(-2_000_000, 2_000_000).Select(millionths => millionths / 1e6),
        Gen.Choose(-100_000, 100_000).Select(units => units / 65536d));

    public static Arbitrary<double> All { get; } = Arb.From(Any);

    public static Arbitrary<double> Finite { get; } = Arb.From(Any.Where(double.IsFinite));

    /// <summary>Legal caps: finite and at least zero.</summary>
    public static Gen<double> Caps { get; } = Any.Where(double.IsFinite).Select(Math.Abs);
}
