namespace CivicSense.Estimation;

/// <summary>Joins measurements of several release areas into one measurement of their weighted mean.</summary>
static class Pool
{
    /// <summary>
    /// The best linear measurement of a mean with the weights <paramref name="target"/>: value and noise variance. Null if no area of it
    /// was measured.
    /// </summary>
    /// <remarks>
    /// Weights w that sum to 1 minimise the noise, sum w^2 r, plus what the areas' own differences u add because w is not the target t,
    /// sum (w - t)^2 u. Hence w = (t u + l) / (r + u) with one constant l.
    /// </remarks>
    public static Moments? Measure(ReadOnlySpan<Share> target, ReadOnlySpan<Moments> measured, ReadOnlySpan<Spread> spreads)
    {
        double fixedPart = 0, precision = 0;
        foreach (var share in target)
        {
            if (double.IsFinite(measured[share.Area].Variance))
            {
                var own = spreads[share.Area].Total;
                fixedPart += share.Weight * own / (measured[share.Area].Variance + own);
                precision += 1 / (measured[share.Area].Variance + own);
            }
        }
        if (precision == 0)
            return null;
        var constant = (1 - fixedPart) / precision;

        double value = 0, variance = 0;
        foreach (var share in target)
        {
            var own = spreads[share.Area].Total;
            var known = double.IsFinite(measured[share.Area].Variance);
            var weight = known ? (share.Weight * own + constant) / (measured[share.Area].Variance + own) : 0;
            variance += (weight - share.Weight) * (weight - share.Weight) * own;
            if (known)
            {
                value += weight * measured[share.Area].Mean;
                variance += weight * weight * measured[share.Area].Variance;
            }
        }
        return new Moments(value, variance);
    }
}
