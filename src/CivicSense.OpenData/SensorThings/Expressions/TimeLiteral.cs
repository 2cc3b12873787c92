using System.Globalization;
using System.Xml;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A time from a first instant up to, and without, a last one (ISO 8601 time interval; O&amp;M's TM_Period).</summary>
/// <param name="Start">The first instant.</param>
/// <param name="End">The first instant after; not before <paramref name="Start"/>.</param>
readonly record struct TimeInterval(DateTimeOffset Start, DateTimeOffset End);

/// <summary>Reads and writes times as queries and answers hold them.</summary>
static class TimeLiteral
{
    static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>Reads an instant; without an offset it is in UTC. Null if it is none.</summary>
    public static DateTimeOffset? ReadInstant(string text)
    {
        // A plus sign that was not escaped in a query string arrives as a space.
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0) text = string.Concat(text.AsSpan(0, space), "+", text.AsSpan(space + 1));
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point > 0)
        {
            // No clock here knows more than seven digits of a second.
            var digits = 0;
            while (point + 1 + digits < text.Length && char.IsAsciiDigit(text[point + 1 + digits])) digits++;
            if (digits > 7) text = text.Remove(point + 8, digits - 7);
        }
        return DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
    }

    /// <summary>Reads a duration of days and smaller units (ISO 8601). Null if it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
    {
        var date = text.AsSpan(0, Math.Max(0, text.IndexOf('T', StringComparison.Ordinal) is var time && time >= 0 ? time : text.Length));
        // Years and months have no fixed length.
        if (text.Length is 0 or > 40 || date.Contains('Y') || date.Contains('M')) return null;
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>A later or earlier instant; null where the calendar ends.</summary>
    public static DateTimeOffset? Add(DateTimeOffset instant, TimeSpan duration)
    {
        var ticks = (Int128)instant.UtcTicks + duration.Ticks;
        return ticks >= DateTimeOffset.MinValue.UtcTicks + TimeSpan.TicksPerDay
            && ticks <= DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay
            ? instant.AddTicks(duration.Ticks)
            : null;
    }

    public static string Write(DateTimeOffset instant) => instant.ToString(
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" + (instant.Offset == TimeSpan.Zero ? "'Z'" : "zzz"), CultureInfo.InvariantCulture);

    public static string Write(TimeInterval interval) => $"{Write(interval.Start)}/{Write(interval.End)}";

    public static string Write(TimeSpan duration) => XmlConvert.ToString(duration);
}
