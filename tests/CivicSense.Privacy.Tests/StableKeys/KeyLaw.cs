namespace CivicSense.Privacy.Tests;

/// <summary>The law of noisy counts behind a threshold, computed from the definition of the discrete Laplace distribution.</summary>
sealed class KeyLaw(double scale)
{
    readonly double decay = Math.Exp(-1 / scale);

    public double Mass(long x) => (1 - decay) / (1 + decay) * Math.Pow(decay, Math.Abs(x));

    public double AtLeast(long x) => x >= 1 ? Math.Pow(decay, x) / (1 + decay) : 1 - (Math.Pow(decay, 1 - x) / (1 + decay));

    public double Below(long x) => 1 - AtLeast(x);

    /// <summary>
    /// The smallest delta at which the answers on the first data set are within e^epsilon of those on the second, exactly: the sum of the
    /// positive parts of p - e^epsilon q over all outcomes.
    /// </summary>
    public static double HockeyStick(KeyLaw law, int[] first, int[] second, int threshold, double epsilon)
    {
        var outcomes = new List<(double P, double Q)> { (1, 1) };
        for (var key = 0; key < first.Length; key++)
        {
            var larger = Math.Max(first[key], second[key]);
            var (p, q) = (Outcomes(law, first[key], threshold, larger), Outcomes(law, second[key], threshold, larger));
            outcomes = [.. outcomes.SelectMany(outcome => p.Zip(q, (a, b) => (outcome.P * a, outcome.Q * b)))];
        }

        return outcomes.Sum(outcome => Math.Max(0, outcome.P - (Math.Exp(epsilon) * outcome.Q)));
    }

    /// <summary>
    /// Not published; each published count up to the larger of both true ones; all counts beyond it, among which the ratio of both laws is
    /// constant.
    /// </summary>
    static double[] Outcomes(KeyLaw law, int count, int threshold, int larger)
    {
        var last = Math.Max(threshold, larger + 1);
        return count == 0
            ? [1, .. Enumerable.Repeat(0d, last - threshold + 1)]
            :
            [
                law.Below(threshold - count),
                .. Enumerable.Range(threshold, last - threshold).Select(value => law.Mass(value - count)),
                law.AtLeast(last - count),
            ];
    }
}
