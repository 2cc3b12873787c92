using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class ConvolutionTests
{
    static readonly Arbitrary<double[]> Masses = Arb.From(
        from length in Gen.Choose(1, 60)
        from values in Gen.ArrayOf(Gen.Choose(0, 1_000_000), length)
        from power in Gen.Choose(0, 300)
        select Array.ConvertAll(values, value => Math.ScaleB(value, -20 - power)));

    [Fact]
    public void Direct_convolution_is_never_below_the_exact_one_and_tight() => Prop.ForAll(Masses, Masses, (left, right) =>
    {
        var result = Convolution.Direct(left, right);
        for (var k = 0; k < result.Length; k++)
        {
            var exact = Rational.Zero;
            for (var i = Math.Max(0, k - right.Length + 1); i <= Math.Min(k, left.Length - 1); i++)
                exact += Rational.FromDouble(left[i]) * Rational.FromDouble(right[k - i]);

            var excess = Rational.FromDouble(result[k]) - exact;
            Assert.InRange(excess, Rational.Zero, (exact * Rational.FromDyadic(1, -40)) + Rational.FromDyadic(1, -1060));
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 900)]
    [InlineData(1024, 1024)]
    [InlineData(3000, 4000)]
    public void The_error_of_the_Fourier_transform_is_within_its_bound(int leftLength, int rightLength)
    {
        var (left, right) = (Bell(leftLength), Bell(rightLength));
        var exact = Convolution.Direct(left, right);
        var (result, missing) = Convolution.ByFourier(left, right);
        Assert.Equal(exact.Length, result.Length);

        // The direct sum itself is above the exact one by up to a part in 2^52 for each term; its entries sum to 1.
        var error = result.Zip(exact, (computed, expected) => Math.Abs(computed - expected)).Sum();
        var ofReference = Math.ScaleB(Math.Min(leftLength, rightLength) + 5, -52);
        Assert.InRange(error, 0, missing + ofReference);
        Assert.True(ofReference < 1e-12);
        Assert.InRange(missing, 1e-16, 1e-10);
    }

    [Fact]
    public void The_bound_would_notice_a_transform_with_larger_errors()
    {
        // Errors as of single precision, on which the bound must not be so loose as to cover them.
        var left = Bell(2000);
        var rounded = Array.ConvertAll(left, value => (double)(float)value);
        var error = Convolution.Direct(left, left).Zip(Convolution.Direct(rounded, left), (a, b) => Math.Abs(a - b)).Sum();
        Assert.True(error > Convolution.ByFourier(left, left).Missing);
    }

    static double[] Bell(int length)
    {
        var values = Enumerable.Range(0, length).Select(i => Math.Exp(-50 * Math.Pow((i - (0.4 * length)) / length, 2))).ToArray();
        var sum = values.Sum();
        return Array.ConvertAll(values, value => value / sum);
    }
}
