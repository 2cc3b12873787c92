namespace CivicSense.Privacy;

/// <summary>A domain with the metric that measures it. Two spaces are the same when both are. Immutable.</summary>
/// <typeparam name="T">The type of the members.</typeparam>
public sealed record Space<T>
{
    /// <summary>A domain, measured by a metric.</summary>
    /// <param name="domain">The members.</param>
    /// <param name="metric">How far apart they are.</param>
    /// <exception cref="ArgumentException">The metric does not measure this domain; the message says why.</exception>
    public Space(Domain<T> domain, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.WhyRefused(domain) is { } reason)
            throw new ArgumentException(reason, nameof(metric));

        Domain = domain;
        Metric = metric;
    }

    /// <summary>Which values are members.</summary>
    public Domain<T> Domain { get; }

    /// <summary>How far apart they are.</summary>
    public Metric Metric { get; }

    /// <summary>Throws unless the number is a distance of this space.</summary>
    internal void RequireDistance(Rational distance, string argument)
    {
        if (Metric.WhyRefused(distance) is { } reason)
            throw new ArgumentOutOfRangeException(argument, distance, reason);
    }

    /// <summary>Throws unless the value is a member. The message never holds the value.</summary>
    internal void RequireMember(T value, string argument)
    {
        if (!Domain.Contains(value))
            throw new ArgumentException($"The data are not a member of the input domain, {Domain}.", argument);
    }

    /// <summary>Throws unless the spaces are the same.</summary>
    internal void RequireSame(Space<T> other, string argument)
    {
        if (Domain != other.Domain)
            throw new ArgumentException($"The domains do not match: {Domain} and {other.Domain}.", argument);

        if (Metric != other.Metric)
            throw new ArgumentException($"The metrics do not match: {Metric} and {other.Metric}.", argument);
    }
}
