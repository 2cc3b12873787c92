using CivicSense.Commons;
using CivicSense.Estimation;

namespace CivicSense.Node.LiveTopics;

/// <summary>Tells of a release first the estimator, then the subscribers of the live topics, who get what the estimator has made of it.</summary>
sealed class ReleaseSubscribers(NeighbourhoodEstimator estimator, LiveTopicPublisher topics) : IReleaseSubscriber
{
    /// <inheritdoc/>
    public async ValueTask WindowReleasedAsync(
        ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        await estimator.WindowReleasedAsync(plan, window, measurements, cancellationToken);
        await topics.PublishAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken) =>
        estimator.DayReleasedAsync(plan, activity, cancellationToken);
}
