using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>The ranges that all conversions between rho, epsilon and delta share. NaN is outside of each.</summary>
static class AccountingArguments
{
    public static void ValidateRho(double rho)
    {
        if (!(rho > 0) || !double.IsFinite(rho))
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be above 0 and finite.");
    }

    public static void ValidateEpsilon(double epsilon)
    {
        if (!(epsilon >= 0) || !double.IsFinite(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be at least 0 and finite.");
    }

    public static void ValidateDelta(double delta)
    {
        if (!(delta > 0 && delta < 1))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be above 0 and below 1.");
    }

    public static void ValidateEpsilon(Rational epsilon)
    {
        if (epsilon.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be at least 0.");
    }

    public static void ValidateDelta(Rational delta, [CallerArgumentExpression(nameof(delta))] string? name = null)
    {
        if (delta.Sign <= 0 || delta > Rational.One)
            throw new ArgumentOutOfRangeException(name, delta, $"{name} must be above 0 and at most 1.");
    }

    /// <summary>The delta of one step of several: 0 and 1 are allowed.</summary>
    public static void ValidateDeltaOfStep(Rational delta)
    {
        if (delta.Sign < 0 || delta > Rational.One)
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be from 0 to 1.");
    }

    /// <summary>An epsilon whose exponential <see cref="DirectedRounding"/> computes; that it is at least 0 is checked elsewhere.</summary>
    public static void ValidateExponent(Rational epsilon)
    {
        if (epsilon > DirectedRounding.LargestExponent)
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"epsilon must be at most {DirectedRounding.LargestExponent}.");
    }

    public static void ValidateScale(Rational scale)
    {
        if (scale.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale must be above 0.");
    }
}
