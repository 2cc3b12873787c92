using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace CivicSense.Privacy;

/// <summary>
/// Convolution of sequences of non-negative doubles with a bound on what rounding can have taken away.
/// Proofs: docs/privacy/privacy-loss-distribution.md, lemmas 4 and 5.
/// </summary>
static class Convolution
{
    /// <summary>Up to this many products the sum of the definition is used: it is exact but for a relative error, which is added.</summary>
    const long LargestDirect = 1L << 24;

    /// <summary>
    /// The convolution and an amount E: every set of entries of the exact result sums to at most E more than the one returned.
    /// </summary>
    public static (double[] Result, double Missing) Of(double[] left, double[] right) =>
        (long)left.Length * right.Length <= LargestDirect ? (Direct(left, right), 0) : ByFourier(left, right);

    /// <summary>By the definition, each entry rounded up.</summary>
    public static double[] Direct(double[] left, double[] right)
    {
        var (shorter, longer) = left.Length <= right.Length ? (left, right) : (right, left);
        var result = new double[left.Length + right.Length - 1];
        for (var i = 0; i < shorter.Length; i++)
            AddMultiple(result.AsSpan(i, longer.Length), longer, shorter[i]);

        // Products below the normal range may lose up to half a subnormal unit each, which the second term covers.
        var factor = FloatingPointBounds.SumFactor(shorter.Length);
        for (var i = 0; i < result.Length; i++)
            result[i] = (result[i] * factor) + (shorter.Length * double.Epsilon);

        return result;
    }

    /// <summary>By the fast Fourier transform; entries below zero become zero.</summary>
    public static (double[] Result, double Missing) ByFourier(double[] left, double[] right)
    {
        var length = left.Length + right.Length - 1;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)length);
        var transformed = Transform(left, size);
        var other = ReferenceEquals(left, right) ? transformed : Transform(right, size);
        for (var i = 0; i < size; i++)
            transformed[i] *= other[i];

        Fourier.Inverse(transformed, FourierOptions.NoScaling);
        var result = new double[length];
        for (var i = 0; i < length; i++)
            result[i] = Math.Max(0, transformed[i].Real / size);

        return (result, ErrorBound(left, right, length, size));
    }

    /// <summary>
    /// The sum of all errors of <see cref="ByFourier"/>: sqrt(length) 2 e (|a|_2 |b|_1 + |a|_1 |b|_2), with e = t h / (1 - t h) for 2^t
    /// points and h = w + 4.01 u (sqrt(2) + w) (Higham 2002, theorem 24.2), where w = 16 u bounds the error of the weights.
    /// </summary>
    public static double ErrorBound(double[] left, double[] right, int length, int size)
    {
        const double Weight = 16 * FloatingPointBounds.UnitRoundoff;
        const double PerLevel = Weight + (4.01 * FloatingPointBounds.UnitRoundoff * (1.4142135623730951 + Weight));
        var levels = Math.Max(1, BitOperations.Log2((uint)size)) * PerLevel;
        var transform = levels / (1 - levels);
        var (leftSum, leftNorm) = Norms(left);
        var (rightSum, rightNorm) = Norms(right);
        return 1.01 * Math.Sqrt(length) * 2 * transform * ((leftNorm * rightSum) + (leftSum * rightNorm));
    }

    static (double Sum, double Norm) Norms(double[] values)
    {
        var (sum, squares) = (0d, 0d);
        foreach (var value in values)
        {
            sum += value;
            squares += value * value;
        }

        return (sum, Math.Sqrt(squares));
    }

    static Complex[] Transform(double[] values, int size)
    {
        var result = new Complex[size];
        for (var i = 0; i < values.Length; i++)
            result[i] = values[i];

        Fourier.Forward(result, FourierOptions.NoScaling);
        return result;
    }

    static void AddMultiple(Span<double> sum, ReadOnlySpan<double> values, double factor)
    {
        if (factor == 0)
            return;

        var i = 0;
        var factors = new Vector<double>(factor);
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var target = sum[i..];
            (new Vector<double>(target) + (factors * new Vector<double>(values[i..]))).CopyTo(target);
        }

        for (; i < values.Length; i++)
            sum[i] += factor * values[i];
    }
}
