namespace CivicSense.Privacy;

/// <summary>
/// From a Renyi divergence of one order to (epsilon, delta): Canonne, Kamath, Steinke 2020, proposition 12, in exact arithmetic and rounded
/// toward more privacy loss. Proof: docs/privacy/renyi.md.
/// </summary>
static class RenyiConversion
{
    /// <summary>
    /// max(0, divergence + ln(1 - 1/alpha) - (ln delta + ln alpha) / (alpha - 1)) with alpha = 1 + excess, rounded up.
    /// </summary>
    /// <param name="excess">alpha - 1, above 0.</param>
    /// <param name="divergence">An upper bound of the Renyi divergence of order alpha.</param>
    /// <param name="logDelta">A lower bound of ln delta.</param>
    public static Rational EpsilonAt(Rational excess, Rational divergence, Rational logDelta)
    {
        var order = Rational.One + excess;
        var bound = divergence
            + DirectedRounding.LogUp(excess / order)
            - ((logDelta + DirectedRounding.LogDown(order)) / excess);
        return Rational.Max(Rational.Zero, DirectedRounding.RoundUp(bound));
    }

    /// <summary>
    /// min(1, exp((alpha - 1)(divergence - epsilon)) (1 - 1/alpha)^alpha / (alpha - 1)) with alpha = 1 + excess, rounded up.
    /// </summary>
    /// <param name="excess">alpha - 1, above 0.</param>
    /// <param name="divergence">An upper bound of the Renyi divergence of order alpha.</param>
    /// <param name="epsilon">At least 0.</param>
    public static Rational DeltaAt(Rational excess, Rational divergence, Rational epsilon)
    {
        var order = Rational.One + excess;

        // (1 - 1/alpha)^alpha / (alpha - 1) = (1 - 1/alpha)^(alpha - 1) / alpha.
        var logDelta = (excess * (divergence - epsilon + DirectedRounding.LogUp(excess / order))) - DirectedRounding.LogDown(order);
        return logDelta.Sign >= 0 ? Rational.One : DirectedRounding.ExpUp(DirectedRounding.RoundUp(logDelta));
    }
}
