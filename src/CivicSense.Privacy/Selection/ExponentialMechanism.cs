namespace CivicSense.Privacy;

/// <summary>
/// The index of a candidate, chosen with probability proportional to exp(score / scale). McSherry and Talwar 2007. Exact: no floating-point
/// number takes part.
/// </summary>
/// <remarks>
/// <para>A candidate is proposed uniformly and accepted with probability exp(-(largest - score) / scale), until one is accepted. The
/// expected number of rounds is at most the number of candidates, whatever the scores are. The number of rounds depends on the scores: draw
/// on a schedule, never while somebody waits for the answer.</para>
/// <para>Proof: docs/privacy/exponential-mechanism.md.</para>
/// </remarks>
public static class ExponentialMechanism
{
    /// <summary>Under pure differential privacy: the map is d -> 2 d / scale, and d -> d / scale for monotonic scores, exactly.</summary>
    /// <param name="domain">The scores; their number is public.</param>
    /// <param name="metric">How far the scores of neighbours are apart.</param>
    /// <param name="scale">Above 0 and at most 2^64, in units of the scores. Larger is more private.</param>
    /// <exception cref="ArgumentException">The number of scores is not public, or is zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of range.</exception>
    public static Measurement<IReadOnlyList<long>, int, Rational> Select(VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        Select(domain, metric, scale, OperatingSystemRandomBytes.Instance);

    internal static Measurement<IReadOnlyList<long>, int, Rational> Select(
        VectorDomain<long> domain, LInfDistance metric, Rational scale, IRandomBytes source)
    {
        var words = new LockedWords(source);
        return SelectionSpace.MeasurementOf(domain, metric, scale, scores => words.Draw(random => Choose(random, scores, scale)));
    }

    /// <summary>
    /// The same choice under zero-concentrated differential privacy: the map is d -> d^2 / (2 scale^2), and d -> d^2 / (8 scale^2) for
    /// monotonic scores. That is a quarter of what the pure loss alone would give (Cesar and Rogers 2021: the mechanism has bounded range).
    /// </summary>
    /// <inheritdoc cref="Select(VectorDomain{long}, LInfDistance, Rational)"/>
    public static Measurement<IReadOnlyList<long>, int, Rational> SelectZeroConcentrated(
        VectorDomain<long> domain, LInfDistance metric, Rational scale) =>
        Select(domain, metric, scale).Under(new ZeroConcentratedDivergence(), range => range * range / 8);

    static int Choose(RandomWords words, long[] scores, Rational scale)
    {
        var largest = scores.Max();
        while (true)
        {
            var candidate = (int)ExactBernoulli.Uniform(words, (ulong)scores.Length);
            if (SelectionSpace.Accept(words, largest, scores[candidate], scale))
                return candidate;
        }
    }
}
