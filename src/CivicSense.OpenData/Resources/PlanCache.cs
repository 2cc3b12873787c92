using System.Collections.Concurrent;

namespace CivicSense.OpenData;

/// <summary>Finds the plan that a window was released under. A plan never changes, so a found one is kept.</summary>
sealed class PlanCache
{
    const int Capacity = 1000;

    readonly ConcurrentDictionary<PrivacyDay, ReleasePlan> plans = new();

    /// <summary>The plan that covers a window, or null if it is no longer known.</summary>
    public async ValueTask<ReleasePlan?> FindAsync(
        ICommons commons, HourWindow window, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var day = PrivacyDay.Of(window, zone);
        // The zone may have been another when the window was released; then its day is a neighbour of the one it would be now.
        for (var offset = 0; offset < 3; offset++)
        {
            var candidate = new PrivacyDay(day.Date.AddDays(offset == 2 ? -1 : offset));
            if (await FindAsync(commons, candidate, cancellationToken) is { } plan && Covers(plan, window))
                return plan;
        }
        return null;
    }

    /// <summary>The plan of a day, or null if there is none.</summary>
    public async ValueTask<ReleasePlan?> FindAsync(ICommons commons, PrivacyDay day, CancellationToken cancellationToken)
    {
        if (plans.TryGetValue(day, out var known)) return known;
        var plan = await commons.FindPlanAsync(day, cancellationToken);
        if (plan is null) return null;
        if (plans.Count >= Capacity) plans.Clear();
        return plans[day] = plan;
    }

    static bool Covers(ReleasePlan plan, HourWindow window) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(plan.TimeZone, out var zone) && PrivacyDay.Of(window, zone) == plan.Day;
}
