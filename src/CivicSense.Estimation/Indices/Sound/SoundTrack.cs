using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>A time [<see cref="Start"/>, <see cref="End"/>).</summary>
readonly record struct TimeInterval(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;
}

/// <summary>The hour estimates of sound in one area, by hour.</summary>
sealed class SoundTrack
{
    readonly Dictionary<HourWindow, Estimate> hours = [];

    /// <exception cref="ArgumentException">An estimate is no hour of sound or of another area, or there are two of one hour.</exception>
    public SoundTrack(IReadOnlyCollection<Estimate> estimates)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        foreach (var estimate in estimates)
        {
            if (estimate.Quantity != Quantity.Laeq || estimate.Resolution != Resolution.Hour || estimate.Area != estimates.First().Area)
                throw new ArgumentException("The estimates are not the hours of sound in one area.", nameof(estimates));
            if (!hours.TryAdd(HourWindow.Containing(estimate.Start), estimate))
                throw new ArgumentException("There are two estimates of one hour.", nameof(estimates));
        }
    }

    /// <summary>The energetic mean over some times, or null where less than the required share of them is covered.</summary>
    public SoundLevel? Mean(IReadOnlyCollection<TimeInterval> times, double requiredShare)
    {
        if (!(requiredShare > 0 && requiredShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(requiredShare), requiredShare, "The share must be above 0 and at most 1.");
        var parts = new List<WeightedLevel>();
        TimeSpan covered = TimeSpan.Zero, length = TimeSpan.Zero;
        foreach (var time in times)
        {
            length += time.Length;
            for (var window = HourWindow.Containing(time.Start); window.Start < time.End; window = window.Next)
            {
                if (!hours.TryGetValue(window, out var hour))
                    continue;
                var within = Min(window.End, time.End) - Max(window.Start, time.Start);
                covered += within;
                parts.Add(new WeightedLevel(within.TotalHours, 0, hour.Value, hour.StandardError, hour.Lower, hour.Upper));
            }
        }
        return covered >= requiredShare * length && parts.Count > 0 ? SoundLevel.Mean(parts, covered, length) : null;
    }

    static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
