namespace CivicSense.Estimation;

/// <summary>When day, evening and night begin, in local time.</summary>
/// <remarks>
/// Directive 2002/49/EC, Annex I: 07-19, 19-23 and 23-07 unless a state chooses other beginnings. A state may shorten the evening by one or
/// two hours and give them to the day or the night.
/// </remarks>
public sealed record DayPeriods
{
    static readonly TimeSpan LongestEvening = TimeSpan.FromHours(4);
    static readonly TimeSpan ShortestEvening = TimeSpan.FromHours(2);

    /// <param name="dayStart">When the day begins and the night ends.</param>
    /// <param name="eveningStart">When the evening begins.</param>
    /// <param name="nightStart">When the night begins; it may be midnight or later.</param>
    /// <exception cref="ArgumentException">They are not in this order within 24 hours, or the evening has not 2 to 4 hours.</exception>
    public DayPeriods(TimeOnly dayStart, TimeOnly eveningStart, TimeOnly nightStart)
    {
        // The difference of two times of day is the way forward around the clock.
        (Day, Evening, Night) = (eveningStart - dayStart, nightStart - eveningStart, dayStart - nightStart);
        if (Day + Evening + Night != TimeSpan.FromDays(1) || Day == TimeSpan.Zero || Night == TimeSpan.Zero)
            throw new ArgumentException("Day, evening and night do not follow each other within 24 hours.", nameof(eveningStart));
        if (Evening < ShortestEvening || Evening > LongestEvening)
            throw new ArgumentException("The evening is not two to four hours long.", nameof(nightStart));
        DayStart = dayStart;
    }

    /// <summary>The directive's own: 07-19, 19-23, 23-07.</summary>
    public static DayPeriods Standard { get; } = new(new TimeOnly(7, 0), new TimeOnly(19, 0), new TimeOnly(23, 0));

    /// <summary>Those of France: 06-18, 18-22, 22-06.</summary>
    public static DayPeriods France { get; } = new(new TimeOnly(6, 0), new TimeOnly(18, 0), new TimeOnly(22, 0));

    /// <summary>When the day begins and the night ends.</summary>
    public TimeOnly DayStart { get; }

    /// <summary>The length of the day where no clock changes.</summary>
    public TimeSpan Day { get; }

    /// <summary>The length of the evening where no clock changes.</summary>
    public TimeSpan Evening { get; }

    /// <summary>The length of the night where no clock changes.</summary>
    public TimeSpan Night { get; }

    /// <summary>
    /// The instants at which the day, evening and night of a date begin, and at which the night ends: on the next morning. Where the local
    /// clock skips such a time, the period changes when the clock jumps; where it shows it twice, at the first.
    /// </summary>
    internal (DateTimeOffset Day, DateTimeOffset Evening, DateTimeOffset Night, DateTimeOffset End) Boundaries(
        DateOnly date, TimeZoneInfo zone)
    {
        var start = date.ToDateTime(DayStart);
        return (Instant(start, zone), Instant(start + Day, zone), Instant(start + Day + Evening, zone), Instant(start.AddDays(1), zone));
    }

    static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        // Clocks jump at whole minutes; the first valid minute after a gap is the instant of the jump.
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}
