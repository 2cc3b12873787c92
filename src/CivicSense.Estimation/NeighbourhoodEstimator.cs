using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// Turns noisy measurements into what people read: estimates with 95 % intervals for every hour, day, week and month, release area and
/// parent area. It also predicts the next hour, from which the release takes its residuals. It sees public values only: what has been
/// released, and what official stations publish.
/// </summary>
/// <remarks>
/// <para>The model, its parameters and its equations stand in docs/estimation.md. The state is a function of what is public alone, so it
/// can be rebuilt (<see cref="RestoreAsync"/>), by this node or by anybody else.</para>
/// <para>An hour is written as <see cref="EstimateStatus.Live"/> when it is released, a day, week or month when its last day closes.
/// Everything is written once more, from all that is known by then, 48 hours after its end as <see cref="EstimateStatus.Final"/>.</para>
/// <para><see cref="Predict"/> may be called at any time; all else one after the other, in the order of the releases. What is told again
/// changes nothing.</para>
/// </remarks>
public sealed class NeighbourhoodEstimator : IPublicBaseline, IReleaseSubscriber
{
    /// <summary>How many days of releases <see cref="RestoreAsync"/> replays: the longest month and a few days to settle.</summary>
    public const int RestoredDays = 35;

    readonly IEstimateStore store;
    readonly IReferenceSource? references;
    readonly IModelVersionStore? versions;
    readonly EstimatorOptions options;
    readonly Lock gate = new();
    readonly List<Estimate> unwritten = [];
    NeighbourhoodState state;
    // Replaced as a whole under the gate, read without it: a prediction never waits for a day to close.
    volatile NeighbourhoodForecast forecast = NeighbourhoodForecast.Prior;

    /// <summary>An estimator that knows nothing yet.</summary>
    /// <param name="store">Where estimates are written.</param>
    /// <param name="references">The official stations; null where none are configured.</param>
    /// <param name="versions">Where fitted parameters are written; null to fit none.</param>
    public NeighbourhoodEstimator(IEstimateStore store, IReferenceSource? references = null, IModelVersionStore? versions = null)
        : this(store, references, versions, new EstimatorOptions { Fitting = versions is not null })
    {
    }

    internal NeighbourhoodEstimator(
        IEstimateStore store, IReferenceSource? references, IModelVersionStore? versions, EstimatorOptions options)
    {
        (this.store, this.references, this.versions, this.options) = (store, references, versions, options);
        state = NewState();
    }

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        bool hasBegun;
        lock (gate)
        {
            // A release that is tried again keeps its prediction.
            hasBegun = state.HasBegun(plan, window);
        }
        if (hasBegun)
        {
            await WriteAsync([], cancellationToken);
            return;
        }
        var values = references is null ? [] : await references.TakeAsync(window, cancellationToken);
        List<Estimate> estimates;
        lock (gate)
        {
            estimates = state.Begin(plan, window, values);
            forecast = state.Forecast();
        }
        await WriteAsync(estimates, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// <paramref name="baselines"/> is shorter than the plan's <see cref="ReleasePlan.KeyCount"/>.
    /// </exception>
    public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (baselines.Length < plan.KeyCount)
            throw new ArgumentException($"The plan has {plan.KeyCount} keys, but there is room for {baselines.Length}.", nameof(baselines));
        forecast.Predict(plan, baselines);
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
        await WriteAsync(estimates, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(activity);
        List<Estimate> estimates;
        lock (gate)
            estimates = state.AddDay(plan, activity);
        await WriteAsync(estimates, cancellationToken);
        await FitAsync(plan.Day, cancellationToken);
    }

    /// <summary>
    /// Rebuilds the state from the newest <see cref="RestoredDays"/> days of releases and writes the estimates that are missing: those that
    /// a crash kept from being written. Call it once, before anything else.
    /// </summary>
    /// <param name="commons">The released data.</param>
    /// <param name="cancellationToken">Gives up; the state stays as it was.</param>
    public async ValueTask RestoreAsync(ICommons commons, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commons);
        var replay = await ReleaseReplay.ReadAsync(commons, RestoredDays, cancellationToken);
        var rebuilt = NewState();
        var estimates = replay.Run(rebuilt, cancellationToken);
        var missing = await MissingEstimates.FindAsync(commons, estimates, cancellationToken);
        lock (gate)
        {
            state = rebuilt;
            forecast = state.Forecast();
        }
        await WriteAsync(missing, cancellationToken);
    }

    NeighbourhoodState NewState() => new(options, references is not null);

    /// <summary>Fits what is due. The release waits for it: a few seconds on a few days of the year, less once a week.</summary>
    async ValueTask FitAsync(PrivacyDay day, CancellationToken cancellationToken)
    {
        IReadOnlyList<DueFit> due;
        lock (gate)
            due = state.DueFits(day);
        foreach (var (quantity, current, fit) in due)
        {
            var fitted = await Task.Run(() => fit.Run(current, cancellationToken), cancellationToken);
            // Written before it is used, so that every prediction can be done over.
            ModelVersion version;
            lock (gate)
                version = state.VersionOf(quantity, fitted);
            if (versions is not null)
                await versions.WriteAsync(version, cancellationToken);
            lock (gate)
                state.Expect(version);
        }
    }

    /// <summary>Writes estimates, and those that could not be written before: the state will not make them again.</summary>
    async ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken)
    {
        List<Estimate> batch;
        lock (gate)
        {
            unwritten.AddRange(estimates);
            batch = [.. unwritten];
        }
        if (batch.Count == 0)
            return;
        await store.WriteAsync(batch, cancellationToken);
        lock (gate)
            unwritten.RemoveRange(0, batch.Count);
    }
}
