using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Node.References;

/// <summary>Turns what a source writes as the time of a row into the hour that the row is about.</summary>
/// <remarks>
/// Where a local clock goes back, a stamp stands for two hours. Two rows with it are the earlier and the later hour, in the order of time
/// that the whole source has. One row alone is refused, for nobody can tell which hour it is. A stamp that the clock skips is refused too,
/// and so is one outside of the years 1970 to 2199.
/// </remarks>
sealed class HourStamps
{
    static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    readonly string[] formats;
    readonly TimeZoneInfo zone;
    readonly HourMark mark;

    public HourStamps(ReferenceFormat format)
    {
        formats = format.TimeFormat is { } own ? [own] : IsoFormats;
        zone = TimeZoneInfo.FindSystemTimeZoneById(format.TimeZone);
        mark = format.Hour;
    }

    /// <summary>Reads a stamp: a UTC time where it has an offset, otherwise a local one.</summary>
    public DateTime? Read(string text) => ReadPlain(text) ?? ReadMidnightAsEnd(text);

    DateTime? ReadPlain(string text) =>
        DateTime.TryParseExact(
            text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AdjustToUniversal, out var stamp)
            ? stamp
            : null;

    /// <summary>Networks that mark the end of the hour write the last one of a day as 24:00 (ISO 8601:2004, 4.2.3).</summary>
    DateTime? ReadMidnightAsEnd(string text) =>
        text.Contains("24:00", StringComparison.Ordinal)
            && ReadPlain(text.Replace("24:00", "00:00", StringComparison.Ordinal)) is { } midnight
            // A stamp that is refused for its year needs no day more, and the last of all years has none.
            ? IsOfOurTime(midnight) ? midnight.AddDays(1) : midnight
            : null;

    static bool IsOfOurTime(DateTime stamp) => stamp.Year is >= 1970 and <= 2199;

    /// <summary>The hours of a source's stamps; null, with a reason, where a stamp is none.</summary>
    public IReadOnlyList<(HourWindow? Window, string Reason)> Resolve(IReadOnlyList<DateTime> stamps)
    {
        var ambiguous = Enumerable.Range(0, stamps.Count)
            .Where(i => IsOfOurTime(stamps[i]) && stamps[i].Kind != DateTimeKind.Utc && zone.IsAmbiguousTime(stamps[i]))
            .GroupBy(i => stamps[i]).ToDictionary(group => group.Key, group => group.ToArray());
        var ascending = stamps.Count == 0 || stamps[0] <= stamps[^1];
        return [.. stamps.Select((stamp, row) => Resolve(stamp, row))];

        (HourWindow?, string) Resolve(DateTime stamp, int row)
        {
            if (!IsOfOurTime(stamp))
                return (null, "its year is not one of 1970 to 2199.");
            if (stamp.Kind == DateTimeKind.Utc)
                return WindowOf(new DateTimeOffset(stamp));
            if (zone.IsInvalidTime(stamp))
                return (null, "the clocks of the time zone skip this time. Is format.timeZone right?");
            if (!ambiguous.TryGetValue(stamp, out var rows))
                return WindowOf(new DateTimeOffset(stamp, zone.GetUtcOffset(stamp)));
            if (rows.Length != 2)
                return (null, "the clocks of the time zone show this time twice, and only two rows with it can be told apart.");
            var offsets = zone.GetAmbiguousTimeOffsets(stamp);
            // The clock is further ahead before it goes back.
            return WindowOf(new DateTimeOffset(stamp, (row == rows[0]) == ascending ? offsets.Max() : offsets.Min()));
        }
    }

    (HourWindow?, string) WindowOf(DateTimeOffset instant)
    {
        var window = HourWindow.Containing(instant);
        if (window.Start != instant)
            return (null, "the time is not a full hour in UTC.");
        return (mark == HourMark.Ending ? new HourWindow(window.Index - 1) : window, "");
    }
}
