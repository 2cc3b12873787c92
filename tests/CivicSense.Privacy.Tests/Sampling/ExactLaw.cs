using MathNet.Numerics;

namespace CivicSense.Privacy.Tests;

/// <summary>The law of the discrete Gaussian, computed from its definition, independently of the sampler.</summary>
sealed class ExactLaw
{
    // Up to this sigma the mass function is summed; beyond it sums of the mass function between half-integers are integrals of the
    // normal density up to a relative error of 1 / (24 sigma^2) < 1e-7, a hundred thousand times below what 200,000 samples can see.
    const double LargestSummedSigma = 1_000;

    readonly double _sigma;
    readonly double[]? _cumulative;
    readonly int _reach;

    public ExactLaw(Rational sigmaSquared)
    {
        _sigma = Math.Sqrt(sigmaSquared.ToDouble());
        Variance = _sigma * _sigma;
        FourthMoment = 3 * Variance * Variance;
        if (_sigma > LargestSummedSigma)
        {
            return;
        }

        _reach = (int)Math.Ceiling(_sigma * 40) + 2;
        var mass = Enumerable.Range(-_reach, (2 * _reach) + 1).Select(x => Math.Exp(-(double)x * x / (2 * _sigma * _sigma))).ToArray();
        var total = mass.Sum();
        _cumulative = new double[mass.Length];
        (Variance, FourthMoment) = (0, 0);
        var sum = 0d;
        for (var i = 0; i < mass.Length; i++)
        {
            var square = (double)(i - _reach) * (i - _reach);
            sum += mass[i] / total;
            Variance += square * mass[i] / total;
            FourthMoment += square * square * mass[i] / total;
            _cumulative[i] = sum;
        }
    }

    public double Variance { get; }

    public double FourthMoment { get; }

    /// <summary>P(X &lt;= x).</summary>
    public double Cumulative(double x)
    {
        if (_cumulative is null)
        {
            return 0.5 * SpecialFunctions.Erfc(-(x + 0.5) / (_sigma * Constants.Sqrt2));
        }

        return x < -_reach ? 0 : _cumulative[Math.Min((int)x + _reach, _cumulative.Length - 1)];
    }

    /// <summary>Upper ends of consecutive bins, each of which has at least the given probability; the last bin is open.</summary>
    public IReadOnlyList<double> Bins(double least)
    {
        var ends = new List<double>();
        var step = Math.Max(1, Math.Floor(_sigma / 16));
        var last = 0d;
        for (var end = -Math.Floor(6 * _sigma) - 1; end <= 6 * _sigma; end += step)
        {
            var cumulative = Cumulative(end);
            if (cumulative - last >= least && 1 - cumulative >= least)
            {
                ends.Add(end);
                last = cumulative;
            }
        }

        return ends;
    }
}
