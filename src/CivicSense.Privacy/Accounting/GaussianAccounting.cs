namespace CivicSense.Privacy;

/// <summary>
/// The exact privacy curve of the (continuous) Gaussian mechanism: Balle and Wang, "Improving the Gaussian Mechanism for Differential
/// Privacy", ICML 2018,
/// theorem 8. rho is the squared sensitivity divided by 2 sigma^2.
/// </summary>
/// <remarks>
/// For discrete Gaussian noise this curve is an excellent approximation but not a theorem; the theorem is
/// <see cref="ZeroConcentratedAccounting"/>. Both are published. See docs/privacy/accounting.md.
/// All results are rounded toward more privacy loss. Tested against 50-digit arithmetic for rho from 1e-6 to 100 and delta from 1e-12 to
/// 1e-2.
/// </remarks>
public static class GaussianAccounting
{
    /// <summary>The smallest delta for which the mechanism is (epsilon, delta)-differentially private, rounded up.</summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Delta(double rho, double epsilon)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateEpsilon(epsilon);

        return DeltaAt(Math.Sqrt(2 * rho), epsilon);
    }

    /// <summary>The smallest epsilon for which the mechanism is (epsilon, delta)-differentially private, rounded up.</summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Epsilon(double rho, double delta)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateDelta(delta);
        if (Delta(rho, 0) <= delta)
        {
            return 0;
        }

        // Invariant: high is a valid answer. At first by the zCDP theorem, later because Delta(high), which is rounded up, is at most delta.
        var low = 0d;
        var high = ZeroConcentratedAccounting.Epsilon(rho, delta);
        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return high;
            }

            if (Delta(rho, middle) <= delta)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
    }

    /// <summary>
    /// The smallest noise, in standard deviations per unit of sensitivity, that gives (epsilon, delta): the calibration of the analytic
    /// Gaussian mechanism
    /// (Balle and Wang 2018, algorithm 1), rounded up; infinite where a double cannot hold it.
    /// </summary>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Sigma(double epsilon, double delta)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        AccountingArguments.ValidateDelta(delta);
        var (low, high) = (0d, 1d);
        while (double.IsFinite(high) && DeltaAt(1 / high, epsilon) > delta)
        {
            low = high;
            high *= 2;
        }

        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return high;
            }

            (low, high) = DeltaAt(1 / middle, epsilon) <= delta ? (low, middle) : (middle, high);
        }
    }

    /// <summary>The curve where the two means are mu standard deviations apart, rounded up.</summary>
    static double DeltaAt(double mu, double epsilon)
    {
        // With near = epsilon/mu - mu/2 and far = epsilon/mu + mu/2, exp(epsilon) density(far) = density(near), which keeps the difference of
        // the two terms free of huge factors.
        var near = (epsilon / mu) - (mu / 2);
        var far = (epsilon / mu) + (mu / 2);
        var density = NormalTail.Density(near);
        if (near > 0 && density == 0)
        {
            return double.Epsilon;
        }

        var first = near < 0 ? NormalTail.UpperTail(near) : density * NormalTail.MillsRatio(near);
        var second = density * NormalTail.MillsRatio(far);

        // The arguments carry an absolute error of about 2^-52 (near + far), which the terms multiply by their own size once more.
        var argumentError = 1e-15 * (1 + (far * far));
        var margin = (NormalTail.RelativeError + argumentError) * (first + second);
        var roundedUp = first - second + margin + double.Epsilon;

        // Also where the arithmetic has overflowed to NaN.
        return roundedUp < 1 ? roundedUp : 1;
    }
}
