namespace CivicSense.Privacy;

/// <summary>
/// The index of the largest noisy score: every score gets discrete Laplace noise of its own, and of equal noisy scores the one with the
/// lowest index is chosen. The noisy scores themselves are not published. OpenDP: <c>make_noisy_max</c>.
/// </summary>
/// <remarks>
/// The number of draws is the number of candidates, but the time of a draw depends on the value drawn: draw on a schedule, never while
/// somebody waits for the answer. For zero-concentrated differential privacy use <see cref="Conversions.PureToZeroConcentrated"/>. Proof:
/// docs/privacy/noisy-max.md.
/// </remarks>
public static class NoisyMax
{
    /// <summary>The map is d -> 2 d / scale, and d -> d / scale for monotonic scores, exactly.</summary>
    /// <param name="domain">The scores; their number is public.</param>
    /// <param name="metric">How far the scores of neighbours are apart.</param>
    /// <param name="scale">The scale of the noise, above 0 and at most 2^64, in units of the scores. Larger is more private.</param>
    /// <exception cref="ArgumentException">The number of scores is not public, or is zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of range.</exception>
    public static Measurement<IReadOnlyList<long>, int, Rational> Select(VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        Select(domain, metric, scale, OperatingSystemRandomBytes.Instance);

    internal static Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale, IRandomBytes source)
    {
        var noise = new DiscreteLaplace(scale, source);
        return SelectionSpace.MeasurementOf(domain, metric, scale, scores => Choose(scores, noise));
    }

    static int Choose(long[] scores, DiscreteLaplace noise)
    {
        var (chosen, largest) = (0, noise.AddTo(scores[0]));
        for (var i = 1; i < scores.Length; i++)
        {
            var noisy = noise.AddTo(scores[i]);
            if (noisy > largest)
                (chosen, largest) = (i, noisy);
        }

        return chosen;
    }
}
