namespace CivicSense.Privacy;

/// <summary>
/// The search for the order alpha = 1 + excess at which a bound is smallest. It runs in doubles: every order above 1 proves a bound, so an
/// imperfect search costs tightness and never validity.
/// </summary>
static class RenyiOrderSearch
{
    /// <summary>
    /// The excess found, as an exact number: a coarse scan of its logarithm, then golden-section search around the best point.
    /// </summary>
    public static Rational BestExcess(Func<double, double> bound)
    {
        const double Step = 0.25;
        var best = double.PositiveInfinity;
        var bestAt = 0d;
        for (var s = -40d; s <= 40; s += Step)
            Try(s);

        var (low, high) = (bestAt - Step, bestAt + Step);
        const double Golden = 0.61803398874989485;
        for (var round = 0; round < 50; round++)
        {
            var left = high - (Golden * (high - low));
            var right = low + (Golden * (high - low));
            (low, high) = Try(left) < Try(right) ? (low, right) : (left, high);
        }

        return Rational.FromDouble(Math.Exp(bestAt));

        double Try(double s)
        {
            var value = bound(Math.Exp(s));
            if (value < best)
                (best, bestAt) = (value, s);

            return value;
        }
    }

    /// <summary>ln(1 - 1/alpha) with alpha = 1 + excess.</summary>
    public static double LogOneMinusInverse(double excess) =>
        excess < 1 ? Math.Log(excess) - double.LogP1(excess) : -double.LogP1(1 / excess);
}
