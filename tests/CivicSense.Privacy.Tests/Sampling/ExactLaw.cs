using MathNet.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>A symmetric law on the integers, computed from its definition, independently of the samplers.</summary>
sealed class ExactLaw
{
    // Up to this sigma the mass function of the discrete Gaussian is summed; beyond it sums of the mass function between half-integers are
    // integrals of the normal density up to a relative error of 1 / (24 sigma^2) < 1e-7, a thousand times below what two million samples
    // can see.
    const double LargestSummedSigma = 1_000;

    readonly Func<double, double> cumulative;

    ExactLaw(Func<double, double> cumulative, double variance, double fourthMoment) =>
        (this.cumulative, Variance, FourthMoment) = (cumulative, variance, fourthMoment);

    public double Variance { get; }

    public double FourthMoment { get; }

    /// <summary>P(x) proportional to exp(-x^2 / (2 sigma^2)).</summary>
    public static ExactLaw Gaussian(Rational sigmaSquared)
    {
        var variance = sigmaSquared.ToDouble();
        var sigma = Math.Sqrt(variance);
        if (sigma > LargestSummedSigma)
            return new(x => 0.5 * SpecialFunctions.Erfc(-(x + 0.5) / (sigma * Constants.Sqrt2)), variance, 3 * variance * variance);

        var reach = (int)Math.Ceiling(sigma * 40) + 2;
        return OfMass(-reach, [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(x => Math.Exp(-(double)x * x / (2 * variance)))]);
    }

    /// <summary>P(x) proportional to exp(-|x| / scale): geometric sums have closed forms.</summary>
    public static ExactLaw Laplace(Rational scale)
    {
        var rate = 1 / scale.ToDouble();
        var (ratio, rest) = (Math.Exp(-rate), -Math.Exp(-rate / 2) * 2 * Math.Sinh(-rate / 2)); // alpha and 1 - alpha
        return new(
            x => x < 0 ? Math.Exp(x * rate) / (1 + ratio) : 1 - (Math.Exp(-(x + 1) * rate) / (1 + ratio)),
            2 * ratio / (rest * rest),
            2 * ratio * (1 + (10 * ratio) + (ratio * ratio)) / (rest * rest * rest * rest));
    }

    /// <summary>The law with the given masses, up to a common factor, of consecutive integers.</summary>
    public static ExactLaw OfMass(int lowest, IReadOnlyList<double> mass)
    {
        var total = mass.Sum();
        var sums = new double[mass.Count];
        var (sum, second, fourth) = (0d, 0d, 0d);
        for (var i = 0; i < mass.Count; i++)
        {
            var square = (double)(i + lowest) * (i + lowest);
            sum += mass[i] / total;
            second += square * mass[i] / total;
            fourth += square * square * mass[i] / total;
            sums[i] = sum;
        }

        return new(x => x < lowest ? 0 : sums[(int)Math.Min(x - lowest, sums.Length - 1)], second, fourth);
    }

    /// <summary>P(X &lt;= x).</summary>
    public double Cumulative(double x) => cumulative(x);

    /// <summary>P(|X| >= magnitude), precise also where it is tiny.</summary>
    public double Tail(double magnitude) => magnitude <= 0 ? 1 : 2 * Cumulative(-magnitude);

    /// <summary>Upper ends of consecutive bins, each of which has at least the given probability; the last bin is open.</summary>
    public IReadOnlyList<double> Bins(double least)
    {
        var ends = new List<double>();
        var deviation = Math.Sqrt(Variance);
        var step = Math.Max(1, Math.Floor(deviation / 16));
        var last = 0d;
        for (var end = -Math.Floor(12 * deviation) - 1; end <= 12 * deviation; end += step)
        {
            var reached = Cumulative(end);
            if (reached - last >= least && 1 - reached >= least)
            {
                ends.Add(end);
                last = reached;
            }
        }

        return ends;
    }
}
