namespace CivicSense.Privacy;

/// <summary>
/// Zero-concentrated differential privacy (Bun and Steinke 2016): composition, the price of replace-one adjacency, and the conversion to
/// (epsilon, delta) that
/// holds for every rho-zCDP mechanism (Canonne, Kamath, Steinke 2020, proposition 12 and corollary 13), hence as a theorem for the discrete
/// Gaussian.
/// </summary>
/// <remarks>Conversions are rounded toward more privacy loss. See docs/privacy/accounting.md.</remarks>
public static class ZeroConcentratedAccounting
{
    // Far above the rounding of the few operations below, far below anything a person reads.
    const double Margin = 1e-12;

    /// <summary>
    /// The loss of several owner-days together: rho n, exactly, also when what is done on later days depends on what was released before.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">rho is negative or the number of days is below 1.</exception>
    public static Rational Compose(Rational rho, int ownerDays)
    {
        ThrowIfNegative(rho);
        ArgumentOutOfRangeException.ThrowIfLessThan(ownerDays, 1);
        return rho * Rational.FromInteger(ownerDays);
    }

    /// <summary>
    /// The loss under an adjacency, from the loss under zero-out adjacency: rho, or 4 rho where the owner's data are replaced.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">rho is negative or the adjacency is unknown.</exception>
    public static Rational Under(Adjacency adjacency, Rational rho)
    {
        ThrowIfNegative(rho);
        return adjacency switch
        {
            Adjacency.ZeroOut => rho,
            Adjacency.ReplaceOne => rho * Rational.FromInteger(4),
            _ => throw new ArgumentOutOfRangeException(nameof(adjacency), adjacency, "Unknown adjacency."),
        };
    }

    /// <summary>
    /// An epsilon for which every rho-zCDP mechanism is (epsilon, delta)-differentially private: the minimum over alpha, rounded up.
    /// </summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Epsilon(double rho, double delta)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateDelta(delta);
        var logDelta = Math.Log(delta);

        // Every order alpha > 1 proves a bound, so an imperfect search costs tightness and never validity. alpha = 1 + excess.
        return Math.Max(0, SmallestOverOrders(EpsilonAt));

        double EpsilonAt(double excess) =>
            SumRoundedUp(rho * (1 + excess), LogOneMinusInverse(excess), -(logDelta + double.LogP1(excess)) / excess);
    }

    /// <summary>
    /// A delta for which every rho-zCDP mechanism is (epsilon, delta)-differentially private: the minimum over alpha, rounded up.
    /// </summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Delta(double rho, double epsilon)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateEpsilon(epsilon);
        return Math.Min(1, Math.BitIncrement(Math.Exp(SmallestOverOrders(LogDeltaAt))));

        double LogDeltaAt(double excess) => SumRoundedUp(
            excess * rho * (1 + excess), -excess * epsilon, (excess * LogOneMinusInverse(excess)) - double.LogP1(excess));
    }

    /// <summary>ln(1 - 1/alpha) with alpha = 1 + excess.</summary>
    static double LogOneMinusInverse(double excess) =>
        excess < 1 ? Math.Log(excess) - double.LogP1(excess) : -double.LogP1(1 / excess);

    static double SumRoundedUp(double first, double second, double third) =>
        first + second + third + (Margin * (Math.Abs(first) + Math.Abs(second) + Math.Abs(third)));

    /// <summary>
    /// The smallest value found over orders alpha = 1 + exp(s): a coarse scan of s, then golden-section search around its best point.
    /// </summary>
    static double SmallestOverOrders(Func<double, double> bound)
    {
        const double Step = 0.25;
        var best = double.PositiveInfinity;
        var bestAt = 0d;
        for (var s = -40d; s <= 40; s += Step)
        {
            var value = bound(Math.Exp(s));
            if (value < best)
            {
                (best, bestAt) = (value, s);
            }
        }

        var (low, high) = (bestAt - Step, bestAt + Step);
        const double Golden = 0.61803398874989485;
        for (var round = 0; round < 60; round++)
        {
            var left = high - (Golden * (high - low));
            var right = low + (Golden * (high - low));
            var (atLeft, atRight) = (bound(Math.Exp(left)), bound(Math.Exp(right)));
            best = Math.Min(best, Math.Min(atLeft, atRight));
            (low, high) = atLeft < atRight ? (low, right) : (left, high);
        }

        return best;
    }

    static void ThrowIfNegative(Rational rho)
    {
        if (rho.Sign < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be at least 0.");
        }
    }
}
