using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class SaturatingTests
{
    static readonly Arbitrary<Int128> Integers = Arb.From(
        from shift in Gen.Choose(0, 127)
        from end in Gen.Elements(Int128.MaxValue, Int128.MinValue, Int128.Zero)
        from offset in Gen.Choose(-3, 3)
        select unchecked((end >> shift) + offset)); // wraps to the other end, which is an edge worth having

    [Fact]
    public void A_sum_is_exact_or_the_nearer_end_of_the_range() => Prop.ForAll(Integers, Integers, (left, right) =>
    {
        var exact = (BigInteger)left + right;
        var expected = exact > Int128.MaxValue ? Int128.MaxValue : exact < Int128.MinValue ? Int128.MinValue : (Int128)exact;
        Assert.Equal(expected, Saturating.Add(left, right));
        Assert.Equal(expected, Saturating.ToInt128(exact));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
