using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>The hours of some whole civil days, and the days, weeks and months that they make up.</summary>
sealed class Calendar
{
    readonly Dictionary<Resolution, Period[]> periods;

    /// <summary>The days from <paramref name="firstDay"/> on.</summary>
    public Calendar(TimeZoneInfo zone, PrivacyDay firstDay, int days)
    {
        Zone = zone;
        Days = [.. Enumerable.Range(0, days).Select(day => new PrivacyDay(firstDay.Date.AddDays(day)))];
        var windows = Days.Select(day => day.Windows(zone)).ToArray();
        Windows = [.. windows.SelectMany(ofDay => ofDay)];
        var firstHours = new int[days + 1];
        for (var day = 0; day < days; day++)
            firstHours[day + 1] = firstHours[day] + windows[day].Count;
        periods = new Dictionary<Resolution, Period[]>
        {
            [Resolution.Hour] = [.. Windows.Select((window, hour) => new Period(hour, 1, window.Start, window.End))],
            [Resolution.Day] = [.. Enumerable.Range(0, days).Select(day => Of(day, day + 1))],
            [Resolution.Week] = [.. Whole(date => date.DayOfWeek == DayOfWeek.Monday, date => date.AddDays(7))],
            [Resolution.Month] = [.. Whole(date => date.Day == 1, date => date.AddMonths(1))],
        };

        Period Of(int first, int end) => new(
            firstHours[first], firstHours[end] - firstHours[first], Windows[firstHours[first]].Start, Windows[firstHours[end] - 1].End);

        // A week or month that begins before the first day or ends after the last would be compared with part of itself.
        IEnumerable<Period> Whole(Func<DateOnly, bool> begins, Func<DateOnly, DateOnly> end) =>
            from first in Enumerable.Range(0, days)
            where begins(Days[first].Date)
            let last = end(Days[first].Date).DayNumber - Days[0].Date.DayNumber
            where last <= days
            select Of(first, last);
    }

    /// <summary>The time zone that days are counted in.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The days in order.</summary>
    public PrivacyDay[] Days { get; }

    /// <summary>The hours in order.</summary>
    public HourWindow[] Windows { get; }

    /// <summary>The periods of a resolution in order: whole ones only.</summary>
    public IReadOnlyList<Period> Periods(Resolution resolution) => periods[resolution];
}

/// <summary>An hour, day, week or month of a calendar.</summary>
/// <param name="FirstHour">The number of its first hour.</param>
/// <param name="Hours">How many hours it has.</param>
/// <param name="Start">The first instant.</param>
/// <param name="End">The first instant after.</param>
readonly record struct Period(int FirstHour, int Hours, DateTimeOffset Start, DateTimeOffset End);
