namespace CivicSense.Estimation;

/// <summary>
/// Bayes' rule for one number: a normal prior for the true residual, a measured mean residual with normal noise, a bent response.
/// </summary>
static class ResidualPosterior
{
    const int Points = 33;

    /// <summary>The posterior mean and variance of the residual.</summary>
    /// <param name="mean">The prior mean.</param>
    /// <param name="variance">The prior variance.</param>
    /// <param name="measured">The measured mean residual.</param>
    /// <param name="noise">The variance of its noise.</param>
    /// <param name="relative">The relative standard deviation of the owner count that it was divided by.</param>
    /// <param name="response">What is expected to be measured for a true residual.</param>
    public static (double Mean, double Variance) Moments(
        double mean, double variance, double measured, double noise, double relative, Func<double, double> response)
    {
        // Each pass finds where the posterior lies more closely: a precise measurement is far narrower than its prior.
        var (centre, reach) = (mean, 5 * Math.Sqrt(variance));
        var deviation = 0.0;
        for (var pass = 0; pass < 3; pass++)
        {
            var step = 2 * reach / (Points - 1);
            (centre, deviation) = Integrate(centre, reach);
            reach = 5.5 * Math.Sqrt(deviation * deviation + (pass == 0 ? step * step / 4 : 0));
        }
        return (centre, deviation * deviation);

        (double Mean, double Deviation) Integrate(double middle, double width)
        {
            Span<double> logarithms = stackalloc double[Points];
            var top = double.NegativeInfinity;
            for (var i = 0; i < Points; i++)
            {
                var residual = At(i);
                var expected = response(residual);
                var uncertainty = noise + relative * relative * expected * expected;
                logarithms[i] = -0.5 * ((residual - mean) * (residual - mean) / variance
                    + (measured - expected) * (measured - expected) / uncertainty + Math.Log(uncertainty));
                top = Math.Max(top, logarithms[i]);
            }
            double total = 0, first = 0, second = 0;
            for (var i = 0; i < Points; i++)
            {
                var weight = Math.Exp(logarithms[i] - top);
                total += weight;
                first += weight * (At(i) - middle);
                second += weight * (At(i) - middle) * (At(i) - middle);
            }
            first /= total;
            return (middle + first, Math.Sqrt(Math.Max(0, second / total - first * first)));

            double At(int point) => middle + width * (2.0 * point / (Points - 1) - 1);
        }
    }
}
