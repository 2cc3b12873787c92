using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Fixes the plan of each day before the first window that it covers begins.</summary>
sealed class PlanFixing(IReleaseStore store, ReleaseFence fence, ReleaseOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>How long before a day begins its plan is fixed.</summary>
    static readonly TimeSpan Lead = TimeSpan.FromHours(1);

    /// <summary>How often a day without a plan is tried again.</summary>
    static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    PrivacyDay? plannedThrough;
    PrivacyDay? tooFewThrough;
    DateTimeOffset nextAttempt = DateTimeOffset.MinValue;

    /// <summary>Fixes the plan that is due, if any.</summary>
    /// <param name="releasedThrough">The newest window that has been dealt with.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public async ValueTask FixAsync(HourWindow releasedThrough, CancellationToken cancellationToken)
    {
        // A replay may have run ahead of the release: then the day of the next window is the one that needs a plan, from its beginning.
        var replay = options.Clock == ClockMode.Event;
        var now = replay ? releasedThrough.Start : clock.GetUtcNow();
        if (!replay && now < nextAttempt)
            return;
        var today = PrivacyDay.Of(replay ? releasedThrough.Next : HourWindow.Containing(now), zone);
        var soon = replay ? today : PrivacyDay.Of(HourWindow.Containing(now + Lead), zone);
        // What has been given up needs no plan: a plan costs privacy.
        var earliest = HourWindow.Containing(now).Next;
        if (releasedThrough.Next > earliest)
            earliest = releasedThrough.Next;
        foreach (var day in today == soon ? [today] : new[] { today, soon })
        {
            if (!(plannedThrough >= day))
                await FixAsync(day, earliest, cancellationToken);
        }
        nextAttempt = plannedThrough >= soon ? DateTimeOffset.MinValue : now + RetryInterval;
    }

    async ValueTask FixAsync(PrivacyDay day, HourWindow earliest, CancellationToken cancellationToken)
    {
        var windows = day.Windows(zone);
        if (earliest > windows[^1])
            return;
        await using var transaction = await store.BeginAsync(cancellationToken);
        fence.RequireSameDatabase(transaction.State);
        if (await transaction.FindPlanAsync(day, cancellationToken) is null)
        {
            var plan = new PlanBuilder(options).Build(
                day, earliest > windows[0] ? earliest : windows[0], windows[^1], await transaction.ReadDevicesAsync(cancellationToken));
            if (plan is null)
            {
                if (!(tooFewThrough >= day))
                    logger.TooFewOwners(day, options.MinimumOwnersPerArea);
                tooFewThrough = day;
                return;
            }
            await transaction.WritePlanAsync(plan, cancellationToken);
            var entry = FencedCommit.Entry(
                transaction.State, LedgerEntryKind.Plan, clock.GetUtcNow(), day, null, PlanDocument.Hash(plan.Public), 0,
                ValuesHash.OfNothing, plan.Public.Rho);
            await transaction.AppendLedgerAsync(entry, cancellationToken);
            await transaction.CommitAsync(fence, entry);
            logger.PlanFixed(day, plan.Public.Areas.Length, plan.Public.Quantities.Length, plan.Public.Rho);
        }
        plannedThrough = day;
    }
}
