namespace CivicSense.Privacy;

/// <summary>
/// The index of a candidate: the first that is accepted, with probability exp(-(largest - score) / scale), in an order that is uniformly
/// random. McKenna and Sheldon 2020. Its expected score is never below that of the exponential mechanism with the same scale. Exact: no
/// floating-point number takes part.
/// </summary>
/// <remarks>
/// <para>Every candidate is tried at most once and one with the largest score is always accepted. The number of trials depends on the
/// scores: draw on a schedule, never while somebody waits for the answer.</para>
/// <para>For zero-concentrated differential privacy use <see cref="Conversions.PureToZeroConcentrated"/>: the bounded range of the
/// exponential mechanism is not claimed here. Proof: docs/privacy/exponential-mechanism.md, theorem 3.</para>
/// </remarks>
public static class PermuteAndFlip
{
    /// <summary>The map is d -> 2 d / scale, and d -> d / scale for monotonic scores, exactly.</summary>
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

    static int Choose(RandomWords words, long[] scores, Rational scale)
    {
        var largest = scores.Max();
        var untried = Enumerable.Range(0, scores.Length).ToArray();
        for (var left = untried.Length; ; left--)
        {
            // Uniform among the untried: one step of the Fisher-Yates shuffle. It ends: one with the largest score is always accepted.
            var place = (int)ExactBernoulli.Uniform(words, (ulong)left);
            var candidate = untried[place];
            if (SelectionSpace.Accept(words, largest, scores[candidate], scale))
                return candidate;

            untried[place] = untried[left - 1];
        }
    }
}
