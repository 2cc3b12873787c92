using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Reads the times that clients write.</summary>
static class TimeText
{
    static readonly DateOnly Earliest = new(1970, 1, 1);
    static readonly DateOnly Latest = new(2199, 12, 31);

    static readonly string[] InstantFormats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>Reads a date from 1970 to 2199.</summary>
    public static DateOnly ReadDate(string name, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date >= Earliest && date <= Latest
            ? date
            : throw ProblemException.BadParameter(name,
                $"{ProblemException.Quote(text)} is not a date like 2026-11-22, between {Earliest:yyyy-MM-dd} and {Latest:yyyy-MM-dd}.");

    /// <summary>Reads an instant (RFC 3339), or a date, which is taken as the start of that privacy day.</summary>
    public static DateTimeOffset ReadInstant(string name, string text, TimeZoneInfo zone)
    {
        if (text.Length == 10)
            return StartOf(new PrivacyDay(ReadDate(name, text)), zone);

        // A plus sign that was not escaped in a query string arrives as a space.
        var repaired = text.Length > 6 && text[^6] == ' '
            ? string.Concat(text.AsSpan(0, text.Length - 6), "+", text.AsSpan(text.Length - 5))
            : text;
        repaired = repaired.ToUpperInvariant();
        if (HasOffset(repaired)
            && DateTimeOffset.TryParseExact(
                repaired, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant)
            && (IsAllowed(instant.UtcDateTime) || IsAllowed(TimeZoneInfo.ConvertTime(instant, zone).DateTime)))
        {
            return instant;
        }
        throw ProblemException.BadParameter(
            name, $"{ProblemException.Quote(text)} is neither a time with its offset like 2026-11-22T07:00:00Z (RFC 3339) nor a date like "
                + "2026-11-22, between 1970 and 2199.");
    }

    /// <summary>The first midnight of 1970 at the node may lie in 1969 in UTC, and next pages are asked for in UTC.</summary>
    static bool IsAllowed(DateTime time) => DateOnly.FromDateTime(time) is var date && date >= Earliest && date <= Latest;

    /// <summary>The first instant of a privacy day.</summary>
    public static DateTimeOffset StartOf(PrivacyDay day, TimeZoneInfo zone) => day.Windows(zone)[0].Start;

    /// <summary>The midnight at the node that begins the day so many days before the one that an instant lies in.</summary>
    public static DateTimeOffset StartOfDaysBefore(DateTimeOffset instant, int days, TimeZoneInfo zone) =>
        StartOf(new PrivacyDay(PrivacyDay.Of(HourWindow.Containing(instant), zone).Date.AddDays(-days)), zone);

    /// <summary>The first window that starts at or after an instant.</summary>
    public static HourWindow FirstWindowFrom(DateTimeOffset instant) =>
        HourWindow.Containing(instant) is var window && window.Start == instant ? window : window.Next;

    /// <summary>An instant as RFC 3339 in UTC.</summary>
    public static string Write(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
