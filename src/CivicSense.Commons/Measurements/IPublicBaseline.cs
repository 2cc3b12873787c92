namespace CivicSense.Commons;

/// <summary>Predicts, from released values only, what the next hour will be. The release takes residuals from it.</summary>
public interface IPublicBaseline
{
    /// <summary>
    /// Takes in the public values that have become known since the last window, such as those of official stations. Called once before
    /// each window's <see cref="Predict"/>, before any private value is read. Never fails because a source of public values does.
    /// </summary>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="window">The window about to be released.</param>
    /// <param name="cancellationToken">Gives up; nothing is released then.</param>
    ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken);

    /// <summary>Predicts one window from everything released before it.</summary>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="window">The window about to be released.</param>
    /// <param name="baselines">Receives one finite value for each key of the plan, in key order, in the quantity's unit.</param>
    void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines);
}

/// <summary>Is told what has been released, after it has become public, in order.</summary>
public interface IReleaseSubscriber
{
    /// <summary>One window has been released.</summary>
    ValueTask WindowReleasedAsync(
        ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken);

    /// <summary>A day has closed and its activity has been released.</summary>
    ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken);
}
