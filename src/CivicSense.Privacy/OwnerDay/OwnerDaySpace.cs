namespace CivicSense.Privacy;

/// <summary>
/// The number of owner-days that differ between two windows of one privacy day: all residuals and the remaining budget of an owner count as
/// one. The public enrolment is the same in both.
/// </summary>
/// <param name="Adjacency">What may become of an owner-day that differs: absent, or replaced.</param>
public sealed record OwnerDayDistance(Adjacency Adjacency) : Metric
{
    internal override string? WhyRefused(Domain domain) => domain is OwnerDayDomain ? null : "OwnerDayDistance measures windows of owner-days.";

    internal override string? WhyRefused(Rational distance) => WhyNoCount(distance);
}

/// <summary>The windows of a privacy day with a public number of keys and a public enrolment.</summary>
public sealed record OwnerDayDomain : Domain<OwnerDayWindow>
{
    /// <summary>Windows with that many keys.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public OwnerDayDomain(int keys)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keys);
        Keys = keys;
    }

    /// <summary>The number of keys, (area, quantity) pairs, that the window releases.</summary>
    public int Keys { get; }

    /// <summary>
    /// Every window of that many keys: what owners measured is not looked at, so membership tells nothing about it.
    /// </summary>
    public override bool Contains(OwnerDayWindow value) => value is not null && value.Keys == Keys;
}
