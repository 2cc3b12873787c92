namespace CivicSense.Privacy;

/// <summary>
/// Answers any measurements of one data set, chosen one after another with the earlier answers in view, and says what all of them have cost
/// so far. Proof: docs/privacy/interactive.md.
/// </summary>
/// <remarks>
/// <para>A question that is refused costs nothing and touches no data. The loss of a question that is not refused is counted before the
/// data are touched, so it stays counted where the answer fails.</para>
/// <para>An odometer sets no limit, so it promises nothing by itself; a <see cref="PrivacyFilter{TIn,TLoss}"/> does.</para>
/// <para>Safe for concurrent use; a slow answer does not keep others waiting. OpenDP: make_fully_adaptive_composition.</para>
/// </remarks>
/// <typeparam name="TIn">The type of the data.</typeparam>
/// <typeparam name="TLoss">How the measure counts loss.</typeparam>
public sealed class Odometer<TIn, TLoss>
{
    readonly Session<TIn, TLoss> session;

    /// <summary>An odometer on a data set.</summary>
    /// <param name="space">The space of the data.</param>
    /// <param name="measure">How loss is measured.</param>
    /// <param name="inputDistance">How far apart neighbours are.</param>
    /// <param name="data">The data. They stay private, and must not be changed by anybody while the odometer lives.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is no distance of the metric.</exception>
    /// <exception cref="ArgumentException">The data are not a member of the domain.</exception>
    public Odometer(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TIn data) =>
        session = new Session<TIn, TLoss>(space, measure, inputDistance, data);

    /// <summary>The loss of everything answered so far.</summary>
    public TLoss Loss => session.Loss;

    /// <summary>Answers a measurement.</summary>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match. Nothing was charged.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement) => session.Release(measurement, static _ => true);
}

/// <summary>Creates odometers whose types the compiler finds out.</summary>
public static class Odometer
{
    /// <inheritdoc cref="Odometer{TIn, TLoss}(Space{TIn}, Measure{TLoss}, Rational, TIn)"/>
    public static Odometer<TIn, TLoss> For<TIn, TLoss>(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TIn data) =>
        new(space, measure, inputDistance, data);
}
