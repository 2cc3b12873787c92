namespace CivicSense.Estimation;

/// <summary>The straight line that stands best for a bent response to a normal variable.</summary>
/// <remarks>
/// Statistical linear regression with five-point Gauss-Hermite quadrature (Särkkä 2013, Bayesian Filtering and Smoothing, section 5.5 and
/// 6.2). It does not look at what was measured, so the noise that goes with it has the variance that it claims.
/// </remarks>
/// <param name="Level">The response where the variable is at its mean.</param>
/// <param name="Slope">How the response follows the variable.</param>
/// <param name="Variance">How far the response lies from the line, as a mean square.</param>
/// <param name="Square">The mean square of the response.</param>
readonly record struct StraightLine(double Level, double Slope, double Variance, double Square)
{
    static readonly double[] Nodes = [-2.8569700138728056, -1.3556261799742659, 0, 1.3556261799742659, 2.8569700138728056];
    static readonly double[] Weights =
        [0.011257411327720689, 0.22207592200561265, 0.5333333333333333, 0.22207592200561265, 0.011257411327720689];

    /// <summary>The line for a variable of this mean and variance.</summary>
    public static StraightLine Of(Moments variable, Func<double, double> response)
    {
        var deviation = Math.Sqrt(variable.Variance);
        double mean = 0, square = 0, common = 0;
        for (var i = 0; i < Nodes.Length; i++)
        {
            var value = response(variable.Mean + deviation * Nodes[i]);
            mean += Weights[i] * value;
            square += Weights[i] * value * value;
            common += Weights[i] * Nodes[i] * value;
        }
        return new StraightLine(mean, common / deviation, Math.Max(0, square - mean * mean - common * common), square);
    }
}
