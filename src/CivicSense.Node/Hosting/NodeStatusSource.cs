using CivicSense.OpenData;

namespace CivicSense.Node.Hosting;

/// <summary>Collects for the public health page what does not depend on anybody's readings.</summary>
sealed class NodeStatusSource(PublicSchedule schedule) : INodeStatus
{
    /// <inheritdoc/>
    public async ValueTask<NodeStatus> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (newest, nextDue) = await schedule.ReadAsync(cancellationToken);
            return new NodeStatus { DatabaseReachable = true, LastReleased = newest, NextReleaseDue = nextDue };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever the store's trouble is, that it cannot be read is the whole answer; the store has logged the rest.
            return new NodeStatus { DatabaseReachable = false };
        }
    }
}
