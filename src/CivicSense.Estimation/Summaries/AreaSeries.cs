using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What is being learnt about the past of one area.</summary>
sealed class AreaSeries(Area area, Quantity quantity, AreaFilter filter)
{
    readonly Queue<TrackedHour> hours = [];
    readonly List<TrackedPeriod> periods = [];
    TrackedHour? newest;

    public bool IsEmpty => hours.Count == 0 && periods.Count == 0;

    /// <summary>Adds the hour that the filter is in, and begins its periods where it is their first.</summary>
    public void Add(HourWindow window, IReadOnlyList<Period> ofDay, bool isReleased, Moments expected, NodeHour node)
    {
        newest = new TrackedHour(window, isReleased, filter.Track(), node);
        filter.AddTo(newest.Sum, expected.Mean, slope: 1);
        hours.Enqueue(newest);
        foreach (var period in ofDay)
        {
            var tracked = periods.Find(candidate => candidate.Period == period);
            if (tracked is null)
                periods.Add(tracked = new TrackedPeriod(period, quantity, filter.Track()));
            tracked.Add(filter, window, isReleased, expected, node);
        }
    }

    public Estimate LiveHour() => Hour(newest!, EstimateStatus.Live);

    public IEnumerable<Estimate> TakeFinalHours(HourWindow last)
    {
        while (hours.TryPeek(out var hour) && hour.Window <= last)
        {
            hours.Dequeue();
            filter.Forget(hour.Sum);
            // An hour in which nothing was released counts in the day's mean, but is not shown.
            if (hour.IsReleased)
                yield return Hour(hour, EstimateStatus.Final);
        }
    }

    public IEnumerable<Estimate> Close(PrivacyDay day, TimeZoneInfo zone, double leastCoverage)
    {
        foreach (var tracked in periods.Where(tracked => tracked.Period.Last <= day && !tracked.IsClosed))
        {
            tracked.IsClosed = true;
            if (tracked.IsWhole(zone, leastCoverage))
                yield return tracked.Estimate(area, zone, EstimateStatus.Live);
        }
    }

    public IEnumerable<Estimate> TakeFinalPeriods(DateTimeOffset end, TimeZoneInfo zone, double leastCoverage)
    {
        foreach (var tracked in periods.Where(tracked => tracked.IsClosed && tracked.Period.End(zone) <= end).ToList())
        {
            Forget(tracked);
            if (tracked.IsWhole(zone, leastCoverage))
                yield return tracked.Estimate(area, zone, EstimateStatus.Final);
        }
    }

    void Forget(TrackedPeriod tracked)
    {
        periods.Remove(tracked);
        filter.Forget(tracked.Sum);
    }

    Estimate Hour(TrackedHour hour, EstimateStatus status) => Publication.Hour(
        area, quantity, hour.Window, new Moments(hour.Sum.Mean, hour.Sum.Variance), hour.Node, status);

    sealed record TrackedHour(HourWindow Window, bool IsReleased, TrackedSum Sum, NodeHour Node);
}
