using System.Numerics.Tensors;

namespace CivicSense.Estimation;

/// <summary>
/// A sum over past hours of a filter's area, known better with every measurement since: its mean, its variance, and its covariance with
/// the filter's present state.
/// </summary>
/// <remarks>
/// This is smoothing by augmenting the state (Anderson and Moore 1979, section 7.3): exact, forward only, and with the variance of the
/// whole sum instead of a sum of variances.
/// </remarks>
sealed class TrackedSum(int dimension)
{
    readonly double[] covariance = new double[dimension];

    public double Mean { get; private set; }

    public double Variance { get; private set; }

    /// <summary>Adds <paramref name="value"/> + slope (s - mean of s) for a variable s of the present.</summary>
    /// <param name="value">The expected addend.</param>
    /// <param name="slope">How the addend follows s.</param>
    /// <param name="product">The covariance of s with the state, P h.</param>
    /// <param name="row">s as a sum of the state's components, h.</param>
    /// <param name="variance">The variance of s.</param>
    public void Add(double value, double slope, ReadOnlySpan<double> product, ReadOnlySpan<double> row, double variance)
    {
        Mean += value;
        Variance += 2 * slope * TensorPrimitives.Dot(covariance, row) + slope * slope * variance;
        TensorPrimitives.MultiplyAdd(product, slope, covariance, covariance);
    }

    /// <summary>Conditions on a measurement of a variable with this row; the innovation's variance includes the noise.</summary>
    public void Update(ReadOnlySpan<double> row, ReadOnlySpan<double> product, double innovation, double variance)
    {
        var common = TensorPrimitives.Dot(covariance, row);
        Mean += common * innovation / variance;
        Variance = Math.Max(0, Variance - common * common / variance);
        TensorPrimitives.MultiplyAdd(product, -common / variance, covariance, covariance);
    }

    /// <summary>Follows the state's change to the next hour.</summary>
    public void Advance(Transition transition) => transition.Apply(covariance);
}
