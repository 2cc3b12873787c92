namespace CivicSense.Privacy;

/// <summary>
/// An odometer with a limit: answers any measurements of one data set, chosen one after another, as long as their losses together stay
/// within the limit. All its answers together lose at most the limit. Proof: docs/privacy/interactive.md.
/// </summary>
/// <remarks>
/// <para>The first question over the limit is refused before any data are touched. The filter then forgets the data and refuses
/// everything, also what would have fitted.</para>
/// <para>Safe for concurrent use; a slow answer does not keep others waiting. OpenDP: make_privacy_filter.</para>
/// </remarks>
/// <typeparam name="TIn">The type of the data.</typeparam>
/// <typeparam name="TLoss">How the measure counts loss.</typeparam>
public sealed class PrivacyFilter<TIn, TLoss>
{
    readonly Session<TIn, TLoss> session;
    readonly Measure<TLoss> measure;

    /// <summary>A filter on a data set.</summary>
    /// <param name="space">The space of the data.</param>
    /// <param name="measure">How loss is measured.</param>
    /// <param name="inputDistance">How far apart neighbours are.</param>
    /// <param name="limit">The most that all answers together may lose.</param>
    /// <param name="data">The data. They stay private, and must not be changed by anybody while the filter lives.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number is no distance of the metric, or the limit no loss of the measure.
    /// </exception>
    /// <exception cref="ArgumentException">The data are not a member of the domain.</exception>
    public PrivacyFilter(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TLoss limit, TIn data)
    {
        ArgumentNullException.ThrowIfNull(measure);
        measure.RequireLoss(limit, nameof(limit));
        session = new Session<TIn, TLoss>(space, measure, inputDistance, data);
        this.measure = measure;
        Limit = limit;
    }

    /// <summary>The most that all answers together may lose.</summary>
    public TLoss Limit { get; }

    /// <summary>The loss of everything answered so far; within <see cref="Limit"/>.</summary>
    public TLoss Loss => session.Loss;

    /// <summary>Whether a question has been refused, so that nothing is answered any more.</summary>
    public bool IsClosed => session.IsClosed;

    /// <summary>Answers a measurement, or refuses it and everything after it.</summary>
    /// <exception cref="ArgumentException">
    /// Domain, metric or measure do not match. Nothing was charged and the filter is still open.
    /// </exception>
    /// <exception cref="PrivacyBudgetException">The loss would exceed the limit, or has been about to before.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement) =>
        session.Release(measurement, total => measure.IsWithin(total, Limit));
}

/// <summary>Creates filters whose types the compiler finds out.</summary>
public static class PrivacyFilter
{
    /// <inheritdoc cref="PrivacyFilter{TIn, TLoss}(Space{TIn}, Measure{TLoss}, Rational, TLoss, TIn)"/>
    public static PrivacyFilter<TIn, TLoss> For<TIn, TLoss>(
        Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TLoss limit, TIn data) =>
        new(space, measure, inputDistance, limit, data);
}

/// <summary>A question was refused because the privacy loss would have exceeded its limit. The message holds public values only.</summary>
public sealed class PrivacyBudgetException : InvalidOperationException
{
    /// <summary>The refusal, with a reason.</summary>
    public PrivacyBudgetException(string message)
        : base(message)
    {
    }
}
