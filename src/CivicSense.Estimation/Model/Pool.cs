namespace CivicSense.Estimation;

/// <summary>Joins measurements of several release areas into one measurement of their weighted mean.</summary>
static class Pool
{
    /// <summary>The weights, in proportion to precision, by which the areas say most about the city.</summary>
    /// <param name="noise">The noise variance of one hour's measurement of each area.</param>
    /// <param name="spreads">How far each area lies from the city.</param>
    /// <param name="chosen">The areas to take; the others get no weight.</param>
    public static double[] CityWeights(ReadOnlySpan<double> noise, ReadOnlySpan<Spread> spreads, Func<int, bool> chosen)
    {
        var weights = new double[noise.Length];
        var total = 0.0;
        for (var area = 0; area < weights.Length; area++)
        {
            if (chosen(area))
                total += weights[area] = 1 / (noise[area] + spreads[area].Total);
        }
        for (var area = 0; total > 0 && area < weights.Length; area++)
            weights[area] /= total;
        return weights;
    }

    /// <summary>
    /// The best linear measurement of a mean with the weights <paramref name="target"/>: value and noise variance. Null if no area of it
    /// was measured.
    /// </summary>
    /// <remarks>
    /// Weights w that sum to 1 minimise the noise, sum w^2 r, plus what the areas' own differences u add because w is not the target t,
    /// sum (w - t)^2 u. Hence w = (t u + l) / (r + u) with one constant l.
    /// </remarks>
    public static Moments? Measure(ReadOnlySpan<double> target, ReadOnlySpan<Moments> measured, ReadOnlySpan<Spread> spreads)
    {
        double fixedPart = 0, precision = 0;
        for (var area = 0; area < target.Length; area++)
        {
            if (target[area] > 0 && double.IsFinite(measured[area].Variance))
            {
                var own = spreads[area].Total;
                fixedPart += target[area] * own / (measured[area].Variance + own);
                precision += 1 / (measured[area].Variance + own);
            }
        }
        if (precision == 0)
            return null;
        var constant = (1 - fixedPart) / precision;

        double value = 0, variance = 0;
        for (var area = 0; area < target.Length; area++)
        {
            if (target[area] <= 0)
                continue;
            var own = spreads[area].Total;
            var known = double.IsFinite(measured[area].Variance);
            var weight = known ? (target[area] * own + constant) / (measured[area].Variance + own) : 0;
            variance += (weight - target[area]) * (weight - target[area]) * own;
            if (known)
            {
                value += weight * measured[area].Mean;
                variance += weight * weight * measured[area].Variance;
            }
        }
        return new Moments(value, variance);
    }
}
