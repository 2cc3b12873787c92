using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Turns noisy measurements into what people read: estimates with 95 % intervals for every hour and day, release area and parent area. It
/// also predicts the next hour, from which the release takes its residuals. It sees released values only.
/// </summary>
/// <remarks>
/// <para>The model, its constants and its equations stand in docs/estimation.md. The state is a function of the releases alone, so it can
/// be rebuilt (<see cref="RestoreAsync"/>), by this node or by anybody else.</para>
/// <para>An hour is written as <see cref="EstimateStatus.Live"/> when it is released. When a privacy day D closes, D's mean is written as
/// live, and D-2 with all of its hours is written once more, from everything known by then, as <see cref="EstimateStatus.Final"/>.</para>
/// <para>Safe for concurrent use. Windows and days must be told in the order of their release; one told again changes nothing.</para>
/// </remarks>
/// <param name="store">Where estimates are written.</param>
/// <param name="references">Brings the values of official stations; null where there are none.</param>
public sealed class NeighbourhoodEstimator(IEstimateStore store, IReferenceSource? references = null) : IPublicBaseline, IReleaseSubscriber
{
    /// <summary>How many days of releases <see cref="RestoreAsync"/> replays.</summary>
    public const int RestoredDays = 30;

    readonly Lock gate = new();
    NeighbourhoodState state = new();
    // Replaced as a whole under the gate, read without it: a prediction never waits for a day to close.
    volatile NeighbourhoodForecast forecast = NeighbourhoodForecast.Prior;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(HourWindow window, CancellationToken cancellationToken)
    {
        if (references is not null)
            AddReferences(await references.TakeAsync(window, cancellationToken));
    }

    // The model does not use them yet.
    static void AddReferences(IReadOnlyList<ReferenceValue> values) => _ = values;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// <paramref name="baselines"/> is shorter than the plan's <see cref="ReleasePlan.KeyCount"/>.
    /// </exception>
    public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (baselines.Length < plan.KeyCount)
            throw new ArgumentException($"The plan has {plan.KeyCount} keys, but there is room for {baselines.Length}.", nameof(baselines));
        forecast.Predict(plan, window, baselines);
    }

    /// <inheritdoc/>
    public async ValueTask WindowReleasedAsync(
        ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(measurements);
        List<Estimate> estimates;
        lock (gate)
        {
            estimates = state.AddWindow(plan, window, measurements);
            forecast = state.Forecast();
        }
        if (estimates.Count > 0)
            await store.WriteAsync(estimates, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(activity);
        List<Estimate> estimates;
        lock (gate)
        {
            estimates = state.AddDay(plan, activity);
            forecast = state.Forecast();
        }
        if (estimates.Count > 0)
            await store.WriteAsync(estimates, cancellationToken);
    }

    /// <summary>
    /// Rebuilds the state from the newest <see cref="RestoredDays"/> days of releases and writes the estimates that are missing: those that
    /// a
    /// crash kept from being written. Call it once, before anything else.
    /// </summary>
    /// <param name="commons">The released data.</param>
    /// <param name="cancellationToken">Gives up; the state stays as it was.</param>
    public async ValueTask RestoreAsync(ICommons commons, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commons);
        var replay = await ReleaseReplay.ReadAsync(commons, RestoredDays, cancellationToken);
        var (rebuilt, estimates) = replay.Run(cancellationToken);
        var missing = await MissingEstimates.FindAsync(commons, estimates, cancellationToken);
        lock (gate)
        {
            state = rebuilt;
            forecast = state.Forecast();
        }
        if (missing.Count > 0)
            await store.WriteAsync(missing, cancellationToken);
    }
}
