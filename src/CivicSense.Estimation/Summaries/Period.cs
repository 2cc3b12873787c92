using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>A day, a week or a month, in the node's time zone.</summary>
/// <param name="Resolution">Which of them.</param>
/// <param name="First">Its first day.</param>
/// <param name="Last">Its last day.</param>
readonly record struct Period(Resolution Resolution, PrivacyDay First, PrivacyDay Last)
{
    /// <summary>The periods that a day belongs to: itself, its week from Monday (ISO 8601), its month.</summary>
    public static IReadOnlyList<Period> Of(PrivacyDay day)
    {
        var monday = day.Date.AddDays(-(((int)day.Date.DayOfWeek + 6) % 7));
        var month = new DateOnly(day.Date.Year, day.Date.Month, 1);
        return
        [
            new Period(Resolution.Day, day, day),
            new Period(Resolution.Week, new PrivacyDay(monday), new PrivacyDay(monday.AddDays(6))),
            new Period(Resolution.Month, new PrivacyDay(month), new PrivacyDay(month.AddMonths(1).AddDays(-1))),
        ];
    }

    /// <summary>The number of hours in it: days on which clocks change have 23 or 25.</summary>
    public int Hours(TimeZoneInfo zone) => (int)(End(zone) - Start(zone)).TotalHours;

    public DateTimeOffset Start(TimeZoneInfo zone) => First.Windows(zone)[0].Start;

    public DateTimeOffset End(TimeZoneInfo zone) => Last.Windows(zone)[^1].End;
}
