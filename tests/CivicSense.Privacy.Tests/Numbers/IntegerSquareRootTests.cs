using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class IntegerSquareRootTests
{
    [Fact]
    public void Is_the_largest_integer_whose_square_fits() => Prop.ForAll<long, int>((seed, shift) =>
    {
        var value = (seed & long.MaxValue) >> (shift & 63);
        var root = (BigInteger)IntegerSquareRoot.Floor(value);
        Assert.True(root * root <= value && (root + 1) * (root + 1) > value);
        Assert.Equal(root, IntegerSquareRoot.Floor((BigInteger)value));

        var large = (BigInteger)value * value * 1_000_003;
        var largeRoot = IntegerSquareRoot.Floor(large);
        Assert.True(largeRoot * largeRoot <= large && (largeRoot + 1) * (largeRoot + 1) > large);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1L)]
    [InlineData(94_906_266L)] // near 2^26.5, where squares leave the 53 bits of a double
    [InlineData(2_147_483_648L)]
    [InlineData(3_037_000_499L)] // the largest root of a long
    public void Is_exact_on_both_sides_of_a_square(long root)
    {
        Assert.Equal(root, IntegerSquareRoot.Floor(root * root));
        Assert.Equal(root - 1, IntegerSquareRoot.Floor((root * root) - 1));
        Assert.Equal(root, IntegerSquareRoot.Floor((BigInteger)root * root));
        Assert.Equal(root - 1, IntegerSquareRoot.Floor(((BigInteger)root * root) - 1));
    }

    [Fact]
    public void Covers_the_whole_range_of_a_long()
    {
        Assert.Equal(0, IntegerSquareRoot.Floor(0L));
        Assert.Equal(3_037_000_499, IntegerSquareRoot.Floor(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => IntegerSquareRoot.Floor(-1L));
        Assert.Throws<ArgumentOutOfRangeException>(() => IntegerSquareRoot.Floor(BigInteger.MinusOne));
    }
}
