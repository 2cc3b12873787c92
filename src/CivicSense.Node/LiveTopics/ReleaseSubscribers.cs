using CivicSense.Commons;
using CivicSense.Estimation;

namespace CivicSense.Node.LiveTopics;

/// <summary>
/// Tells of a release first the estimator, then the subscribers of the live topics, who get what the estimator has made of it.
/// </summary>
/// <param name="estimator">Makes estimates of what is released.</param>
/// <param name="topics">The topics of this process; null where it takes no subscribers, and other processes find out by themselves.</param>
sealed class ReleaseSubscribers(NeighbourhoodEstimator estimator, LiveTopicPublisher? topics = null) : IReleaseSubscriber
{
    /// <inheritdoc/>
    public async ValueTask WindowReleasedAsync(
        ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        await estimator.WindowReleasedAsync(plan, window, measurements, cancellationToken);
        if (topics is not null)
            await topics.PublishAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
        estimator.DayReleasedAsync(plan, activity, cancellationToken);
}
