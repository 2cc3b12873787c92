using System.Globalization;

namespace CivicSense.Stewardship;

/// <summary>Times as people of the neighbourhood read them. Every instant that comes in is UTC.</summary>
sealed record LocalTime(TimeZoneInfo Zone)
{
    /// <summary>E.g. <c>14:05</c>.</summary>
    public string Minute(DateTime instant) => In(instant).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>14:05:31</c>.</summary>
    public string Second(DateTime instant) => In(instant).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public string Day(DateTime instant) => In(instant).ToString("dddd d MMMM", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>14:00 to 15:00</c>.</summary>
    public string Hour(DateTime start, DateTime end) => $"{Minute(start)} to {Minute(end)}";

    /// <summary>E.g. <c>14:05</c> of today, or <c>Sunday 22 November, 14:05</c>.</summary>
    public string Moment(DateTime instant, DateTime now) =>
        In(instant).Date == In(now).Date ? Minute(instant) : $"{Day(instant)}, {Minute(instant)}";

    DateTime In(DateTime instant) => TimeZoneInfo.ConvertTimeFromUtc(instant, Zone);
}
