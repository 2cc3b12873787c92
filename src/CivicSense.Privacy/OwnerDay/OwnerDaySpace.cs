using System.Collections.Frozen;
using System.Collections.Immutable;

namespace CivicSense.Privacy;

/// <summary>
/// The number of owner-days that differ between two windows of one privacy day: all residuals and the remaining budget of an owner count as
/// one. The public enrolment is the same in both.
/// </summary>
public sealed record OwnerDayDistance : Metric
{
    /// <summary>The distance under an adjacency.</summary>
    /// <param name="adjacency">What may become of an owner-day that differs: absent, or replaced.</param>
    /// <exception cref="ArgumentOutOfRangeException">The adjacency is unknown.</exception>
    public OwnerDayDistance(Adjacency adjacency)
    {
        if (!Enum.IsDefined(adjacency))
            throw new ArgumentOutOfRangeException(nameof(adjacency), adjacency, "Unknown adjacency.");

        Adjacency = adjacency;
    }

    /// <summary>What may become of an owner-day that differs.</summary>
    public Adjacency Adjacency { get; }

    internal override string? WhyRefused(Domain domain) =>
        domain is OwnerDayDomain ? null : "OwnerDayDistance measures windows of owner-days.";

    internal override string? WhyRefused(Rational distance) => WhyNoCount(distance);
}

/// <summary>
/// The windows of a privacy day, described by what the release plan makes public: the keys with their caps, and who is enrolled.
/// </summary>
public sealed record OwnerDayDomain : Domain<OwnerDayWindow>
{
    /// <summary>The windows under a plan.</summary>
    /// <param name="caps">
    /// For every key, an (area, quantity) pair, the bound on the magnitude of a weighted residual, in units of the norm bound; finite, at
    /// least 0.
    /// </param>
    /// <param name="enrolment">
    /// For every owner of the plan, the number of release areas in which the plan enrols the owner; at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A cap is NaN, infinite or negative, or a number of areas is negative.</exception>
    public OwnerDayDomain(IEnumerable<double> caps, IEnumerable<KeyValuePair<int, int>> enrolment)
    {
        ArgumentNullException.ThrowIfNull(caps);
        ArgumentNullException.ThrowIfNull(enrolment);
        Caps = [.. caps];
        Enrolment = enrolment.ToFrozenDictionary();
        foreach (var cap in Caps)
        {
            if (!(cap >= 0) || !double.IsFinite(cap))
                throw new ArgumentOutOfRangeException(nameof(caps), cap, "A cap must be finite and at least 0.");
        }

        foreach (var areas in Enrolment.Values)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(areas, nameof(enrolment));
            MostAreas = Math.Max(MostAreas, areas);
        }
    }

    /// <summary>The public cap of every key.</summary>
    public ImmutableArray<double> Caps { get; }

    /// <summary>For every owner of the plan, the number of release areas.</summary>
    public FrozenDictionary<int, int> Enrolment { get; }

    /// <summary>The largest number of release areas that an owner has.</summary>
    internal int MostAreas { get; }

    internal override string Kind => "windows of owner-days";

    /// <summary>
    /// Whether the window's keys are the plan's. What owners measured and what is left to them is not looked at: every value is allowed, so
    /// membership tells nothing about it.
    /// </summary>
    public override bool Contains(OwnerDayWindow value)
    {
        if (value is null)
            return false;

        foreach (var residual in value.Residuals)
        {
            if ((uint)residual.Key >= (uint)Caps.Length)
                return false;
        }

        return true;
    }

    /// <summary>Two domains are equal when caps and enrolment are.</summary>
    public bool Equals(OwnerDayDomain? other) =>
        other is not null && Caps.AsSpan().SequenceEqual(other.Caps.AsSpan()) && Enrolment.Count == other.Enrolment.Count
        && Enrolment.All(owner => other.Enrolment.TryGetValue(owner.Key, out var areas) && areas == owner.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Caps.Length, Enrolment.Count, MostAreas);
}
