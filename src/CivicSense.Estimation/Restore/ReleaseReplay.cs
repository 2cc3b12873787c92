using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The releases of some days in the order of the ledger, to be told to a new state.</summary>
sealed class ReleaseReplay
{
    readonly List<Release> releases = [];
    readonly List<ReferenceValue> references = [];
    readonly List<ModelVersion> versions = [];

    /// <summary>Reads the releases of the newest plan's day and the days before.</summary>
    public static async ValueTask<ReleaseReplay> ReadAsync(ICommons commons, int days, CancellationToken cancellationToken)
    {
        var replay = new ReleaseReplay();
        if (await commons.FindLatestPlanAsync(cancellationToken) is not { } latest)
            return replay;
        for (var back = days; back >= 0; back--)
        {
            var day = new PrivacyDay(latest.Day.Date.AddDays(-back));
            if (await commons.FindPlanAsync(day, cancellationToken) is { } plan)
                await replay.AddDayAsync(commons, plan, cancellationToken);
        }
        var first = replay.releases.Where(release => release.Window is not null).Select(release => release.Window!.Value)
            .DefaultIfEmpty(latest.FirstWindow).Min();
        // Also those that were stored for a release that did not come about before the node stopped: it will come, with them.
        replay.references.AddRange(await commons.ReadReferenceValuesAsync(first, new MeasurementQuery().Until, cancellationToken));
        replay.versions.AddRange(await commons.ReadModelVersionsAsync(cancellationToken));
        replay.releases.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        return replay;
    }

    /// <summary>Tells a new state of all releases. Returns the newest version of every estimate made on the way.</summary>
    public List<Estimate> Run(NeighbourhoodState state, CancellationToken cancellationToken)
    {
        var estimates = new Dictionary<(Area, Quantity, Resolution, DateTimeOffset), Estimate>();
        foreach (var version in versions)
            state.Expect(version);
        state.Expect(references);
        foreach (var release in releases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (release.Window is { } window)
                Keep(state.AddWindow(release.Plan, window, release.Measurements));
            else
                Keep(state.AddDay(release.Plan, release.Activity));
        }
        return [.. estimates.Values];

        void Keep(List<Estimate> written)
        {
            foreach (var estimate in written)
                estimates[(estimate.Area, estimate.Quantity, estimate.Resolution, estimate.Start)] = estimate;
        }
    }

    async ValueTask AddDayAsync(ICommons commons, ReleasePlan plan, CancellationToken cancellationToken)
    {
        var windows = plan.Windows().ToList();
        if (windows.Count == 0)
            return;
        var query = new MeasurementQuery { From = windows[0], Until = windows[^1].Next };
        foreach (var window in (await commons.ReadMeasurementsAsync(query, cancellationToken)).GroupBy(measurement => measurement.Window))
            releases.Add(new Release(window.First().LedgerSequence, plan, window.Key, [.. window], []));
        var activity = await commons.ReadActivityAsync(plan.Day, plan.Day.Next, cancellationToken);
        if (activity.Count > 0)
            releases.Add(new Release(activity[0].LedgerSequence, plan, null, [], activity));
    }

    sealed record Release(
        long Sequence, ReleasePlan Plan, HourWindow? Window, IReadOnlyList<NoisyMeasurement> Measurements,
        IReadOnlyList<NoisyActivity> Activity);
}
