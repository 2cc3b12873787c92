using CivicSense.Commons;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Hosting;

/// <summary>What has been released must fit what the node is about to do.</summary>
static class PastCheck
{
    /// <summary>How far the newest release may lie ahead of this machine's clock.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>Compares the settings and the clock with the newest plan and the newest release.</summary>
    /// <exception cref="UserErrorException">They do not fit; the message says what to do.</exception>
    public static async Task RequireFitAsync(
        NodeSettings settings, ICommons commons, TimeProvider clock, CancellationToken cancellationToken)
    {
        var plan = await FindLatestPlanAsync(commons, cancellationToken);
        if (plan is not null && plan.TimeZone != settings.TimeZone)
        {
            throw new UserErrorException(
                $"timeZone: {settings.TimeZone} is not the zone that this node's days began with, {plan.TimeZone}. It cannot change: "
                    + "set it back.");
        }
        if (plan is not null && plan.Clock != settings.Clock)
        {
            throw new UserErrorException(
                $"clock: this database was begun with the {plan.Clock} clock. It cannot change: set it back, or begin a new database.");
        }

        // A small computer without a battery clock wakes up in the past, where nothing looks released yet.
        var ledger = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var newest = await commons.ReadLedgerAsync(ledger.Entries - 1, 1, cancellationToken);
        var now = clock.GetUtcNow();
        if (settings.Clock == ClockMode.Wall && newest is [var entry] && entry.Content.Recorded > now + ClockTolerance)
        {
            throw new UserErrorException(
                $"This machine's clock says {now:u}, but the newest release was at {entry.Content.Recorded:u}. "
                    + "Set the clock and start again; if it is right now and was wrong then, see docs/storage.md.");
        }
    }

    static async ValueTask<ReleasePlan?> FindLatestPlanAsync(ICommons commons, CancellationToken cancellationToken)
    {
        try
        {
            return await commons.FindLatestPlanAsync(cancellationToken);
        }
        catch (FormatException exception)
        {
            throw new UserErrorException(
                $"The newest release plan in the database cannot be read: {exception.Message} Was it made by another version?");
        }
    }
}
