namespace CivicSense.Privacy;

/// <summary>What the mechanisms that select a candidate by its score have in common.</summary>
static class SelectionSpace
{
    /// <summary>
    /// A choice as a measurement. It gets a copy of the scores, so the generator is never locked while a caller's list is read.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The number of scores is not public, or is zero, or the metric does not measure the domain.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The scale is not within the range of <see cref="DiscreteLaplace"/>, which all three mechanisms share.
    /// </exception>
    public static Measurement<IReadOnlyList<long>, int, Rational> MeasurementOf(
        VectorDomain<long> domain, LInfDistance metric, Rational scale, Func<long[], int> choose)
    {
        ArgumentNullException.ThrowIfNull(metric);
        DiscreteLaplace.RequireScale(scale);
        return new(SpaceOf(domain, metric), new MaxDivergence(), scores => choose([.. scores]), PureMap(metric, scale));
    }

    static Space<IReadOnlyList<long>> SpaceOf(VectorDomain<long> domain, LInfDistance metric)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return domain.Size switch
        {
            null => throw new ArgumentException("The number of candidates must be public: the domain needs a size.", nameof(domain)),
            0 => throw new ArgumentException("There must be at least one candidate.", nameof(domain)),
            _ => new Space<IReadOnlyList<long>>(domain, metric),
        };
    }

    /// <summary>
    /// The map to pure differential privacy that the three mechanisms share: 2 d / scale, and half of it for monotonic scores.
    /// </summary>
    static Func<Rational, Rational> PureMap(LInfDistance metric, Rational scale)
    {
        var perDistance = Rational.FromInt64(metric.Monotonic ? 1 : 2) / scale;
        return distance => distance * perDistance;
    }

    /// <summary>True with probability exp(-(largest - score) / scale).</summary>
    public static bool Accept(RandomWords words, long largest, long score, Rational scale) =>
        ExactBernoulli.SampleExpMinus(words, ((Int128)largest - score) * scale.Denominator, scale.Numerator);
}
