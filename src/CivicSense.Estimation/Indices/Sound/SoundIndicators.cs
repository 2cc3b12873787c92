using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Lday, Levening, Lnight and Lden of one date or of many, from hour estimates of sound.</summary>
/// <remarks>
/// <para>Directive 2002/49/EC, Annex I. The periods of a date run from the beginning of its day to the next morning, so its night is the
/// one that follows. They are reckoned in elapsed time: where clocks change, a period is as long as it really was. An hour that lies in two
/// periods counts in each for as long as it lies there.</para>
/// <para>The directive's indicators are means over a year. For a single date write Lden,24h and the like (<see cref="Suffix"/>).</para>
/// </remarks>
public sealed class SoundIndicators
{
    /// <summary>
    /// The share of a period's time for which there must be estimates, unless told otherwise: what Directive 2008/50/EC, Annex XI, asks of
    /// hours in means of air quality; the noise directive names none.
    /// </summary>
    public const double DefaultRequiredShare = 0.75;

    /// <summary>What is added to the evening before averaging, in dB.</summary>
    public const double EveningPenalty = 5;

    /// <summary>What is added to the night before averaging, in dB.</summary>
    public const double NightPenalty = 10;

    SoundIndicators(DateOnly first, DateOnly last, SoundLevel? day, SoundLevel? evening, SoundLevel? night)
    {
        (First, Last, Day, Evening, Night) = (first, last, day, evening, night);
        DayEveningNight = Joint(EveningPenalty, NightPenalty);
        Whole = Joint(0, 0);
    }

    /// <summary>The first date.</summary>
    public DateOnly First { get; }

    /// <summary>The last date, whose night ends on the next morning.</summary>
    public DateOnly Last { get; }

    /// <summary>Lday; null where too little of the time is covered.</summary>
    public SoundLevel? Day { get; }

    /// <summary>Levening, without its 5 dB; null where too little of the time is covered.</summary>
    public SoundLevel? Evening { get; }

    /// <summary>Lnight, without its 10 dB; null where too little of the time is covered.</summary>
    public SoundLevel? Night { get; }

    /// <summary>Lden: the periods weighted by their length, 5 dB added to the evening and 10 dB to the night; null where one is.</summary>
    public SoundLevel? DayEveningNight { get; }

    /// <summary>LAeq from morning to morning: the periods weighted by their length, nothing added; null where one is.</summary>
    public SoundLevel? Whole { get; }

    /// <summary>What is written behind the names of the indicators: <c>,24h</c> for a single date, nothing for more.</summary>
    public string Suffix => First == Last ? ",24h" : "";

    /// <summary>The indicators of one date.</summary>
    /// <inheritdoc cref="Of(IReadOnlyCollection{Estimate}, DateOnly, DateOnly, TimeZoneInfo, DayPeriods, double)"/>
    public static SoundIndicators Of(
        IReadOnlyCollection<Estimate> hours, DateOnly date, TimeZoneInfo zone,
        DayPeriods? periods = null, double requiredShare = DefaultRequiredShare) =>
        Of(hours, date, date, zone, periods ?? DayPeriods.Standard, requiredShare);

    /// <summary>The indicators of all dates from one to another: means over all their days, evenings and nights.</summary>
    /// <param name="hours">Hour estimates of <see cref="Quantity.Laeq"/> of one area, one an hour. Other times are ignored.</param>
    /// <param name="first">The first date.</param>
    /// <param name="last">The last date.</param>
    /// <param name="zone">The time zone of the area.</param>
    /// <param name="periods">When day, evening and night begin.</param>
    /// <param name="requiredShare">The share of a period's time for which there must be estimates, above 0 and at most 1.</param>
    /// <exception cref="ArgumentException">
    /// An estimate is no hour of sound or of another area than the first, there are two of one hour, or the last date is before the first.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The required share is not above 0 and at most 1.</exception>
    public static SoundIndicators Of(
        IReadOnlyCollection<Estimate> hours, DateOnly first, DateOnly last, TimeZoneInfo zone, DayPeriods periods, double requiredShare)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(periods);
        if (last < first)
            throw new ArgumentException("The last date is before the first.", nameof(last));
        var track = new SoundTrack(hours);
        var (day, evening, night) = (new List<TimeInterval>(), new List<TimeInterval>(), new List<TimeInterval>());
        for (var date = first; date <= last; date = date.AddDays(1))
        {
            var boundaries = periods.Boundaries(date, zone);
            day.Add(new TimeInterval(boundaries.Day, boundaries.Evening));
            evening.Add(new TimeInterval(boundaries.Evening, boundaries.Night));
            night.Add(new TimeInterval(boundaries.Night, boundaries.End));
        }
        return new SoundIndicators(
            first, last, track.Mean(day, requiredShare), track.Mean(evening, requiredShare), track.Mean(night, requiredShare));
    }

    /// <summary>LAeq over any time: the energetic mean of the hours in it.</summary>
    /// <param name="hours">Hour estimates of <see cref="Quantity.Laeq"/> of one area, one an hour. Other times are ignored.</param>
    /// <param name="start">The first instant.</param>
    /// <param name="end">The first instant after; an hour on either boundary counts for the part of it that lies within.</param>
    /// <param name="requiredShare">The share of the time for which there must be estimates, above 0 and at most 1.</param>
    /// <returns>The level, or null where too little of the time is covered.</returns>
    /// <exception cref="ArgumentException">
    /// An estimate is no hour of sound or of another area than the first, there are two of one hour, or the time is empty.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The required share is not above 0 and at most 1.</exception>
    public static SoundLevel? Laeq(
        IReadOnlyCollection<Estimate> hours, DateTimeOffset start, DateTimeOffset end, double requiredShare = DefaultRequiredShare)
    {
        if (end <= start)
            throw new ArgumentException("The time is empty.", nameof(end));
        return new SoundTrack(hours).Mean([new TimeInterval(start, end)], requiredShare);
    }

    SoundLevel? Joint(double eveningPenalty, double nightPenalty)
    {
        if (Day is null || Evening is null || Night is null)
            return null;
        return SoundLevel.Mean(
            [Part(Day, 0), Part(Evening, eveningPenalty), Part(Night, nightPenalty)],
            Day.Covered + Evening.Covered + Night.Covered,
            Day.Length + Evening.Length + Night.Length);
    }

    static WeightedLevel Part(SoundLevel level, double penalty) =>
        new(level.Length.TotalHours, penalty, level.Value, level.StandardError, level.Lower, level.Upper);
}
