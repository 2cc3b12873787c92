using System.Runtime.CompilerServices;

namespace CivicSense.Privacy;

/// <summary>The ranges that several factories share. The argument is named as the caller names it.</summary>
static class ArgumentRanges
{
    /// <summary>Throws unless delta is above 0 and below 1.</summary>
    public static void RequireDelta(Rational delta, [CallerArgumentExpression(nameof(delta))] string? argument = null)
    {
        if (delta.Sign <= 0 || delta >= Rational.One)
            throw new ArgumentOutOfRangeException(argument, delta, "delta must be above 0 and below 1.");
    }
}
