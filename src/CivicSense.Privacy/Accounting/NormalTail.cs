using MathNet.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// The upper tail of the standard normal distribution in doubles, with small relative error however far out. It serves searches only; what
/// they find is certified with <see cref="NormalTailEnclosure"/>.
/// </summary>
static class NormalTail
{
    const double FarTail = 6;

    /// <summary>P(Z > x).</summary>
    public static double UpperTail(double x) => x < FarTail
        ? 0.5 * SpecialFunctions.Erfc(x / Constants.Sqrt2)
        : Density(x) * MillsRatio(x);

    /// <summary>exp(-x^2 / 2) / sqrt(2 pi).</summary>
    public static double Density(double x) => Math.Exp(-0.5 * x * x) / FloatingPointBounds.SquareRootOfTwoPi;

    /// <summary>P(Z > x) / density(x), for x of at least zero. It neither under- nor overflows.</summary>
    public static double MillsRatio(double x)
    {
        if (x < FarTail)
            return UpperTail(x) / Density(x);

        // Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/(x + ...)))). From x = 6 on, 80 levels are exact to double precision.
        var tail = x;
        for (var level = 80; level >= 1; level--)
            tail = x + (level / tail);

        return 1 / tail;
    }
}
