using CivicSense.Commons;
using CivicSense.OpenData;
using CivicSense.Release;

namespace CivicSense.Node.Hosting;

/// <summary>Collects for the public health page what does not depend on anybody's readings.</summary>
sealed class NodeStatusSource(ICommons commons, IReleaseSchedule schedule) : INodeStatus
{
    /// <inheritdoc/>
    public async ValueTask<NodeStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var reachable = true;
        var last = schedule.Progress.Newest;
        var planned = false;
        try
        {
            planned = await commons.FindLatestPlanAsync(cancellationToken) is not null;
            if (last is null)
                last = await NewestMeasuredAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever the store's trouble is, that it cannot be read is the whole answer; the store has logged the rest.
            reachable = false;
        }
        return new NodeStatus
        {
            DatabaseReachable = reachable,
            LastReleased = last,
            NextReleaseDue = planned ? schedule.NextDue : null,
        };
    }

    async ValueTask<HourWindow?> NewestMeasuredAsync(CancellationToken cancellationToken)
    {
        var summary = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var newest = await commons.ReadLedgerAsync(Math.Max(0, summary.Entries - 10), 10, cancellationToken);
        return newest.Select(entry => entry.Content.Window).Max();
    }
}
