namespace CivicSense.Privacy;

/// <summary>
/// The exact privacy curve of the (continuous) Gaussian mechanism: Balle and Wang, "Improving the Gaussian Mechanism for Differential
/// Privacy", ICML 2018, theorem 8. rho is the squared sensitivity divided by 2 sigma^2.
/// </summary>
/// <remarks>
/// For discrete Gaussian noise this curve is an excellent approximation but not a theorem; the theorem is
/// <see cref="ZeroConcentratedAccounting"/>. Both are published. See docs/privacy/accounting.md.
/// All results are rounded toward more privacy loss: searches run in doubles, and what they find is certified in exact arithmetic
/// (<see cref="GaussianCurve"/>) or enlarged until it is.
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

        return DirectedRounding.ToDoubleUp(DeltaBound(Rational.FromDouble(rho), Rational.FromDouble(epsilon)));
    }

    /// <summary>The smallest epsilon for which the mechanism is (epsilon, delta)-differentially private, rounded up.</summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Epsilon(double rho, double delta)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateDelta(delta);
        var (exactRho, exactDelta) = (Rational.FromDouble(rho), Rational.FromDouble(delta));
        if (DeltaBound(exactRho, Rational.Zero) <= exactDelta)
            return 0;

        var theorem = ZeroConcentratedAccounting.Epsilon(rho, delta);
        var mu = Math.Sqrt(2 * rho);
        var found = SmallestArgument(0, theorem, epsilon => DeltaNear(mu, epsilon) <= delta);
        return Certified(found, theorem, epsilon => DeltaBound(exactRho, Rational.FromDouble(epsilon)) <= exactDelta);
    }

    /// <summary>A certain upper bound of the delta of <see cref="Delta"/> for exact arguments, at most 1.</summary>
    /// <param name="rho">Above 0.</param>
    /// <param name="epsilon">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational DeltaBound(Rational rho, Rational epsilon)
    {
        if (rho.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be above 0.");

        AccountingArguments.ValidateEpsilon(epsilon);
        return DirectedRounding.RoundUp(GaussianCurve.Delta(rho, epsilon).High);
    }

    /// <summary>
    /// The smallest noise, in standard deviations per unit of sensitivity, that gives (epsilon, delta): the calibration of the analytic
    /// Gaussian mechanism (Balle and Wang 2018, algorithm 1), rounded up; infinite where a double cannot hold it.
    /// </summary>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Sigma(double epsilon, double delta)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        AccountingArguments.ValidateDelta(delta);
        var (low, high) = (0d, 1d);
        while (double.IsFinite(high) && !(DeltaNear(1 / high, epsilon) <= delta))
        {
            low = high;
            high *= 2;
        }

        var (exactEpsilon, exactDelta) = (Rational.FromDouble(epsilon), Rational.FromDouble(delta));
        var found = SmallestArgument(low, high, sigma => DeltaNear(1 / sigma, epsilon) <= delta);
        return Certified(found, double.PositiveInfinity, sigma => sigma > 0 && DeltaBound(RhoOf(sigma), exactEpsilon) <= exactDelta);

        static Rational RhoOf(double sigma) => Rational.One / (Rational.FromDouble(sigma) * Rational.FromDouble(sigma) * 2);
    }

    /// <summary>Bisection of doubles: the upper end at which the condition holds, or was supposed to.</summary>
    static double SmallestArgument(double low, double high, Func<double, bool> holds)
    {
        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (!(middle > low && middle < high))
                return high;

            (low, high) = holds(middle) ? (low, middle) : (middle, high);
        }
    }

    /// <summary>
    /// The smallest certain value around the one found, to a few parts in 2^40; where there is none, the limit, which needs no certificate.
    /// </summary>
    static double Certified(double found, double limit, Func<double, bool> isCertain)
    {
        var high = found;
        for (var step = Math.ScaleB(1, -50); !(high < limit && isCertain(high)); step *= 2)
        {
            high = found * (1 + step);
            if (!(high < limit))
                return limit;
        }

        // Mostly the first value below is not certain, and the loop after this one does nothing.
        var low = found * (1 - Math.ScaleB(1, -40));
        for (var step = Math.ScaleB(1, -39); low > 0 && isCertain(low); step *= 2)
        {
            high = low;
            low = step < 1 ? found * (1 - step) : 0;
        }

        while (high - low > Math.ScaleB(high, -38))
        {
            var middle = low + ((high - low) / 2);
            (low, high) = isCertain(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>The curve where the two means are mu standard deviations apart, in doubles and without a bound on the error.</summary>
    static double DeltaNear(double mu, double epsilon)
    {
        // With near = epsilon/mu - mu/2 and far = epsilon/mu + mu/2, exp(epsilon) density(far) = density(near), which keeps the
        // difference of the two terms free of huge factors.
        var near = (epsilon / mu) - (mu / 2);
        var far = (epsilon / mu) + (mu / 2);
        var density = NormalTail.Density(near);
        var first = near < 0 ? NormalTail.UpperTail(near) : density * NormalTail.MillsRatio(near);
        return first - (density * NormalTail.MillsRatio(far));
    }
}
