using System.Globalization;

namespace CivicSense.Commons;

/// <summary>The windows that start in one civil day of the node's time zone: the "day" of the owner-day.</summary>
/// <remarks>
/// A day has 24 windows, or 23 or 25 when clocks change. Where a zone's offset is not a whole hour, a window belongs to the day in
/// which it starts. Every window belongs to exactly one day.
/// </remarks>
/// <param name="Date">The civil date.</param>
public readonly record struct PrivacyDay(DateOnly Date) : IComparable<PrivacyDay>
{
    /// <summary>The following day.</summary>
    public PrivacyDay Next => new(Date.AddDays(1));

    /// <summary>The day that a window belongs to.</summary>
    public static PrivacyDay Of(HourWindow window, TimeZoneInfo zone) =>
        new(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(window.Start, zone).DateTime));

    /// <summary>The day's windows in order.</summary>
    public IReadOnlyList<HourWindow> Windows(TimeZoneInfo zone)
    {
        var windows = new List<HourWindow>(25);
        // No zone is more than 14 hours from UTC, so the day lies within these bounds.
        var first = HourWindow.Containing(new DateTimeOffset(Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddHours(-15));
        for (var window = first; window.Index < first.Index + 55; window = window.Next)
        {
            if (Of(window, zone) == this)
                windows.Add(window);
        }
        return windows;
    }

    /// <inheritdoc/>
    public int CompareTo(PrivacyDay other) => Date.CompareTo(other.Date);

    /// <summary>The date as ISO 8601, e.g. <c>2026-11-22</c>.</summary>
    public override string ToString() => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is no date of the form yyyy-MM-dd.</exception>
    public static PrivacyDay Parse(string text) => new(DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Earlier than.</summary>
    public static bool operator <(PrivacyDay left, PrivacyDay right) => left.Date < right.Date;

    /// <summary>Earlier than or equal.</summary>
    public static bool operator <=(PrivacyDay left, PrivacyDay right) => left.Date <= right.Date;

    /// <summary>Later than.</summary>
    public static bool operator >(PrivacyDay left, PrivacyDay right) => left.Date > right.Date;

    /// <summary>Later than or equal.</summary>
    public static bool operator >=(PrivacyDay left, PrivacyDay right) => left.Date >= right.Date;
}
