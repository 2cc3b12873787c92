namespace CivicSense.Privacy;

/// <summary>What the mechanisms that select a candidate by its score have in common.</summary>
static class SelectionSpace
{
    /// <summary>The space of scores.</summary>
    /// <exception cref="ArgumentException">
    /// The number of scores is not public, or is zero, or the metric does not measure the domain.
    /// </exception>
    public static Space<IReadOnlyList<long>> Of(VectorDomain<long> domain, LInfDistance metric)
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
    public static Func<Rational, Rational> PureMap(LInfDistance metric, Rational scale)
    {
        var perDistance = Rational.FromInt64(metric.Monotonic ? 1 : 2) / scale;
        return distance => distance * perDistance;
    }

    /// <summary>Throws unless the scale is within the range of <see cref="DiscreteLaplace"/>, which all three mechanisms share.</summary>
    public static void RequireScale(Rational scale, string argument)
    {
        if (DiscreteLaplace.WhyRefused(scale) is { } reason)
        {
            throw new ArgumentOutOfRangeException(argument, scale, reason);
        }
    }

    public static long Largest(IReadOnlyList<long> scores)
    {
        var largest = scores[0];
        for (var i = 1; i < scores.Count; i++)
        {
            largest = Math.Max(largest, scores[i]);
        }

        return largest;
    }

    /// <summary>True with probability exp(-(largest - score) / scale).</summary>
    public static bool Accept(RandomWords words, long largest, long score, Rational scale) =>
        ExactBernoulli.SampleExpMinus(words, ((Int128)largest - score) * scale.Denominator, scale.Numerator);
}
