using CivicSense.Commons;
using MathNet.Numerics.Distributions;

namespace CivicSense.Estimation;

/// <summary>A value with its 95 % interval, read as a probability law: how likely is it that the truth lies above a threshold?</summary>
/// <remarks>
/// <para>On the model scale (<see cref="Commons.Quantity.ToModelScale"/>) the law is a normal of two halves that meet in the median
/// <see cref="Value"/>; each half is as wide as its side of the interval, so that the quantiles of 2.5 and 97.5 % are <see cref="Lower"/>
/// and <see cref="Upper"/>. With an interval that is symmetric on that scale it is the normal law.</para>
/// <para>An interval that ends at an end of the quantity's valid range may have been cut there. That side is then taken to be at least as
/// wide as the other one and as the standard error says; what lies beyond the range counts as lying at its end.</para>
/// </remarks>
public sealed class UncertainValue
{
    /// <summary>The quantile of 97.5 % of the standard normal law.</summary>
    const double Normal95 = 1.959963984540054;

    readonly double median;
    readonly double deviationBelow;
    readonly double deviationAbove;

    /// <param name="quantity">The quantity.</param>
    /// <param name="value">The median, in the quantity's unit.</param>
    /// <param name="standardError">The standard error, in the same unit.</param>
    /// <param name="lower">The quantile of 2.5 %.</param>
    /// <param name="upper">The quantile of 97.5 %.</param>
    /// <exception cref="ArgumentException">
    /// A number is not finite, the standard error is negative, or <paramref name="value"/> is not within the interval.
    /// </exception>
    public UncertainValue(Quantity quantity, double value, double standardError, double lower, double upper)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        if (!double.IsFinite(standardError) || standardError < 0)
            throw new ArgumentException("The standard error is no finite number of at least 0.", nameof(standardError));
        if (!double.IsFinite(lower) || !double.IsFinite(upper) || !(lower <= value && value <= upper))
            throw new ArgumentException("The value does not lie within a finite interval.", nameof(value));
        (Quantity, Value, StandardError, Lower, Upper) = (quantity, value, standardError, lower, upper);

        median = quantity.ToModelScale(value);
        var below = (median - quantity.ToModelScale(lower)) / Normal95;
        var above = (quantity.ToModelScale(upper) - median) / Normal95;
        var widest = Math.Max(Math.Max(below, above), standardError / quantity.UnitsPerModelScale(median));
        deviationBelow = lower <= quantity.Minimum ? widest : below;
        deviationAbove = upper >= quantity.Maximum ? widest : above;
    }

    /// <summary>The quantity.</summary>
    public Quantity Quantity { get; }

    /// <summary>The median, in the quantity's unit.</summary>
    public double Value { get; }

    /// <summary>The standard error, in the same unit.</summary>
    public double StandardError { get; }

    /// <summary>The lower end of the 95 % interval.</summary>
    public double Lower { get; }

    /// <summary>The upper end of the 95 % interval.</summary>
    public double Upper { get; }

    /// <summary>The law of an estimate.</summary>
    /// <exception cref="ArgumentException">The estimate's value is not within its interval, or a number is not finite.</exception>
    public static UncertainValue Of(Estimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return new UncertainValue(estimate.Quantity, estimate.Value, estimate.StandardError, estimate.Lower, estimate.Upper);
    }

    /// <summary>The probability that the truth is larger than <paramref name="threshold"/>, given in the quantity's unit.</summary>
    public double ProbabilityAbove(double threshold) => 1 - Cumulative(threshold, inclusive: true);

    /// <summary>
    /// The probability that the truth is smaller than <paramref name="threshold"/>, or also equal to it. The two differ for a value that is
    /// known exactly, and at the ends of the valid range.
    /// </summary>
    internal double Cumulative(double threshold, bool inclusive)
    {
        if (threshold > Quantity.Maximum || (inclusive && threshold >= Quantity.Maximum))
            return 1;
        if (threshold < Quantity.Minimum || (!inclusive && threshold <= Quantity.Minimum))
            return 0;
        var distance = Quantity.ToModelScale(threshold) - median;
        var deviation = distance < 0 ? deviationBelow : deviationAbove;
        if (deviation == 0)
            return distance > 0 || (distance == 0 && inclusive) ? 1 : 0;
        return Normal.CDF(0, 1, distance / deviation);
    }
}
