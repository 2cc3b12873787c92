using CivicSense.Commons;
using CivicSense.Release;

namespace CivicSense.Node.Hosting;

/// <summary>Finds out from what is public how far releases have gone and when the next is due, in whatever process.</summary>
sealed class PublicSchedule(ICommons commons, ReleaseOptions options)
{
    /// <summary>More than an hour adds to the ledger: a window, a day's activity, a plan.</summary>
    const int NewestEntries = 12;

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    /// <summary>Reads it as it is now.</summary>
    public async ValueTask<(HourWindow? Newest, DateTimeOffset? NextDue)> ReadAsync(CancellationToken cancellationToken)
    {
        var summary = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var entries = await commons.ReadLedgerAsync(Math.Max(0, summary.Entries - NewestEntries), NewestEntries, cancellationToken);
        var newest = entries.Select(entry => entry.Content.Window).Max();
        var next = await FindNextAsync([.. entries.Select(entry => entry.Content)], newest, cancellationToken);
        return (newest, next?.End + options.Lateness);
    }

    /// <summary>The window after the newest if it has a plan; otherwise the first that a plan covers. Null where no plan does.</summary>
    async ValueTask<HourWindow?> FindNextAsync(List<LedgerRecord> entries, HourWindow? newest, CancellationToken cancellationToken)
    {
        var givenUp = entries.Where(entry => entry.Kind == LedgerEntryKind.Restored).Select(entry => (PrivacyDay?)entry.Day).Max();
        if (newest is { } released && PrivacyDay.Of(released.Next, zone) is var day && !(day <= givenUp)
            && await commons.FindPlanAsync(day, cancellationToken) is { } plan
                && released.Next >= plan.FirstWindow && released.Next <= plan.LastWindow)
        {
            return released.Next;
        }
        // By event time a day's plan is fixed with its first window (docs/decisions/0008-event-time.md), so it is not there yet.
        if (options.Clock == ClockMode.Event && newest is { } last && !(PrivacyDay.Of(last.Next, zone) <= givenUp))
            return last.Next;
        PrivacyDay?[] planned =
        [
            .. entries.Where(entry => entry.Kind == LedgerEntryKind.Plan).Select(entry => (PrivacyDay?)entry.Day),
            await LatestAsync(cancellationToken),
        ];
        foreach (var candidate in planned.OfType<PrivacyDay>().Where(candidate => !(candidate <= givenUp)).Order())
        {
            if (await commons.FindPlanAsync(candidate, cancellationToken) is { } later && !(later.FirstWindow <= newest))
                return later.FirstWindow;
        }
        return null;
    }

    async ValueTask<PrivacyDay?> LatestAsync(CancellationToken cancellationToken) =>
        (await commons.FindLatestPlanAsync(cancellationToken))?.Day;
}
