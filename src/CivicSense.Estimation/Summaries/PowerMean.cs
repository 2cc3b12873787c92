namespace CivicSense.Estimation;

/// <summary>
/// The mean of exponentials, on the scale of their exponents: log(sum w exp(k m)) / k. With k = 1 it is an arithmetic mean of
/// concentrations
/// on the logarithmic scale, with k = ln 10 an energetic mean of levels in units of 10 dB; k = 0 is the plain mean.
/// </summary>
static class PowerMean
{
    /// <summary>The mean, and how much each value moves it.</summary>
    /// <param name="values">The most likely values.</param>
    /// <param name="variances">Their variances: uncertain exponents have a larger mean exponential.</param>
    /// <param name="weights">Weights that sum to 1.</param>
    /// <param name="rate">k.</param>
    /// <param name="gradient">Receives the derivative by each value, taken at the most likely values.</param>
    public static double Of(
        ReadOnlySpan<double> values, ReadOnlySpan<double> variances, ReadOnlySpan<double> weights, double rate, Span<double> gradient)
    {
        if (rate == 0)
        {
            weights.CopyTo(gradient);
            return SymmetricMatrix.Dot(values, weights);
        }
        var top = double.NegativeInfinity;
        for (var i = 0; i < values.Length; i++)
            top = Math.Max(top, values[i]);
        double plain = 0, lifted = 0;
        for (var i = 0; i < values.Length; i++)
        {
            gradient[i] = weights[i] * Math.Exp(rate * (values[i] - top));
            plain += gradient[i];
            lifted += gradient[i] * Math.Exp(0.5 * rate * rate * variances[i]);
        }
        for (var i = 0; i < values.Length; i++)
            gradient[i] /= plain;
        return top + Math.Log(lifted) / rate;
    }
}
