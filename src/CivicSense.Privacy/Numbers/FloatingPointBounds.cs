namespace CivicSense.Privacy;

/// <summary>
/// Bounds of rounding errors in IEEE 754 doubles, for the parts of the accounting that are too large for exact arithmetic. The platform's
/// exponential function is taken to be within 4 units in the last place: docs/privacy/privacy-loss-distribution.md, assumptions.
/// </summary>
static class FloatingPointBounds
{
    /// <summary>The largest relative error of one rounding to nearest.</summary>
    public const double UnitRoundoff = 1.1102230246251565e-16;

    /// <summary>The square root of 2 pi, to the nearest double.</summary>
    public const double SquareRootOfTwoPi = 2.5066282746310005024;

    /// <summary>
    /// A factor that raises a sum of that many products of non-negative doubles above its exact value: the relative error of n such terms
    /// is below (n + 1) u / (1 - (n + 1) u) for the unit round-off u (Higham 2002, section 3.1). Good for up to 2^40 terms.
    /// </summary>
    public static double SumFactor(long terms) => 1 + (1.2e-16 * (terms + 4));

    /// <summary>1 - exp(-y) for y above 0, not below the exact value, at most 1.</summary>
    public static double OneMinusExpUp(double y)
    {
        // For small y the series y - y^2/2 + y^3/6 - ... alternates and falls; the difference would lose digits. Elsewhere the error of
        // the exponential is at most 4.5e-16, and two more roundings add 2e-16.
        return y < 1e-4 ? y * (1 - ((y / 2) * (1 - (y / 3)))) * (1 + 1e-15) : Math.Min(1, 1 - Math.Exp(-y) + 8e-16);
    }
}
