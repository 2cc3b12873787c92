namespace CivicSense.Privacy;

/// <summary>
/// Certain bounds of delta(epsilon) of the Gaussian mechanism, in exact arithmetic with directed rounding. Proof:
/// docs/privacy/accounting.md, lemma 2.
/// </summary>
static class GaussianCurve
{
    /// <summary>Beyond exp(-100) the lower tail is below the last place of every statement, and delta is bounded by 1.</summary>
    static readonly Rational LargestNearExponent = 100;

    static readonly Rational SmallestMu = Rational.FromDyadic(1, -100);

    /// <summary>Bounds of delta, from 0 to 1.</summary>
    /// <param name="rho">Above 0.</param>
    /// <param name="epsilon">At least 0.</param>
    public static (Rational Low, Rational High) Delta(Rational rho, Rational epsilon)
    {
        // delta(epsilon) <= delta(0) = P(|Z| < mu/2) <= mu / sqrt(2 pi) < 2 mu / 5.
        var muHigh = DirectedRounding.SqrtUp(rho * 2);
        var atZero = muHigh * new Rational(2, 5);
        if (muHigh < SmallestMu)
            return (Rational.Zero, atZero);

        // near = epsilon/mu - mu/2 = (epsilon - rho)/mu, far = (epsilon + rho)/mu, near^2/2 = (epsilon - rho)^2 / (4 rho).
        var mu = Enclosure.SquareRoot(rho * 2);
        var difference = epsilon - rho;
        var exponent = difference * difference / (rho * 4);
        var far = NormalTailEnclosure.MillsRatio(Enclosure.Of(epsilon + rho) / mu);
        var (low, high) = difference.Sign >= 0
            ? Beyond(exponent, NormalTailEnclosure.MillsRatio(Enclosure.Of(difference) / mu) - far)
            : Before(exponent, NormalTailEnclosure.MillsRatio(Enclosure.Of(-difference) / mu) + far);
        return (Rational.Max(low, Rational.Zero), Rational.Min(Rational.Min(high, atZero), Rational.One));
    }

    /// <summary>near of at least 0: delta = density(near) (R(near) - R(far)).</summary>
    static (Rational Low, Rational High) Beyond(Rational exponent, Enclosure ratios)
    {
        var root = NormalTailEnclosure.SquareRootOfTwoPi;
        return (
            DirectedRounding.ExpDown(-exponent) * Rational.Max(Rational.Zero, ratios.LowEnd) / root.HighEnd,
            DirectedRounding.ExpUp(-exponent) * ratios.HighEnd / root.LowEnd);
    }

    /// <summary>near below 0: delta = 1 - density(near) (R(-near) + R(far)).</summary>
    static (Rational Low, Rational High) Before(Rational exponent, Enclosure ratios)
    {
        if (exponent > LargestNearExponent)
            return (Rational.Zero, Rational.One);

        var (fraction, powerOfTwo) = ElementaryEnclosures.Exp(Enclosure.Of(-exponent));
        var density = fraction.TimesPowerOfTwo(powerOfTwo) / NormalTailEnclosure.SquareRootOfTwoPi;
        var delta = Enclosure.One - (density * ratios);
        return (delta.LowEnd, delta.HighEnd);
    }
}
