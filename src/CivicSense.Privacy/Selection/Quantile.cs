namespace CivicSense.Privacy;

/// <summary>Scores for public candidates, by which a mechanism selects one near a quantile of the data.</summary>
public static class Quantile
{
    /// <summary>
    /// For each candidate c minus the distance, in rows times the quantile's denominator, between the quantile and the ranks that c has: 0
    /// exactly where c is a quantile of the data, and below it elsewhere.
    /// </summary>
    /// <remarks>
    /// <para>With the quantile a/b in lowest terms, n rows, L of them below c and G above it, the score is
    /// -max(0, b L - a n, a n - b (n - G)). The map to <see cref="LInfDistance"/> is d -> d max(a, b - a) for
    /// <see cref="SymmetricDistance"/>; d -> floor(d/2) b for the same where the size is public; d -> d b for
    /// <see cref="ChangeOneDistance"/>.</para>
    /// <para>Where no row equals the candidate this is the score of OpenDP's <c>make_quantile_score_candidates</c>, -|(b - a) L - a G|.
    /// Where rows equal it, OpenDP's score can rank a candidate that is the quantile below its neighbour; this one cannot, at the same
    /// sensitivity.</para>
    /// <para>Proof: docs/privacy/quantile.md.</para>
    /// </remarks>
    /// <param name="domain">The rows. They need no bounds.</param>
    /// <param name="metric">How far apart the rows are.</param>
    /// <param name="candidates">The public candidates, strictly increasing; at least one.</param>
    /// <param name="quantile">
    /// From 0, the smallest, to 1, the largest; 1/2 is the median. The denominator in lowest terms is below 2^31.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is no candidate, they do not increase, or the metric does not measure the domain.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is out of range.</exception>
    public static Transformation<IReadOnlyList<long>, IReadOnlyList<long>> Scores(
        VectorDomain<long> domain, RowMetric metric, IReadOnlyList<long> candidates, Rational quantile)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        var points = Increasing(candidates);
        var (a, b) = FractionOf(quantile);
        var map = metric.Choose<Func<Rational, Rational>>(
            added: domain.Size is null
                ? distance => distance * Math.Max(a, b - a)
                : distance => Rational.FromInteger(distance.Numerator / 2) * b,
            replaced: distance => distance * b);
        return new Transformation<IReadOnlyList<long>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<long>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(new AtomDomain<long>(), points.Length), new LInfDistance()),
            rows => ScoresOf(rows, points, a, b),
            map);
    }

    // Always fits: counts and the denominator are below 2^31.
    static long[] ScoresOf(IReadOnlyList<long> rows, long[] candidates, long a, long b)
    {
        long[] sorted = [.. rows];
        Array.Sort(sorted);
        var (below, notAbove) = (0, 0);
        var scores = new long[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            while (below < sorted.Length && sorted[below] < candidates[i])
                below++;

            while (notAbove < sorted.Length && sorted[notAbove] <= candidates[i])
                notAbove++;

            scores[i] = -Math.Max(0, Math.Max((b * below) - (a * sorted.Length), (a * sorted.Length) - (b * notAbove)));
        }

        return scores;
    }

    internal static long[] Increasing(IReadOnlyList<long> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count == 0)
            throw new ArgumentException("There must be at least one candidate.", nameof(candidates));

        for (var i = 1; i < candidates.Count; i++)
        {
            if (candidates[i] <= candidates[i - 1])
            {
                throw new ArgumentException(
                    $"The candidates must be strictly increasing: candidate {i}, {candidates[i]}, follows {candidates[i - 1]}.",
                    nameof(candidates));
            }
        }

        return [.. candidates];
    }

    static (long Numerator, long Denominator) FractionOf(Rational quantile)
    {
        if (quantile < Rational.Zero || quantile > Rational.One || quantile.Denominator > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile is from 0 to 1, with a denominator below 2^31.");

        return ((long)quantile.Numerator, (long)quantile.Denominator);
    }
}
