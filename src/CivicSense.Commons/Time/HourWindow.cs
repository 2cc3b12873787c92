using System.Globalization;

namespace CivicSense.Commons;

/// <summary>One hour in UTC, [<see cref="Start"/>, <see cref="End"/>).</summary>
/// <param name="Index">Whole hours since 1970-01-01T00:00Z; negative before.</param>
public readonly record struct HourWindow(long Index) : IComparable<HourWindow>
{
    /// <summary>The first instant of the window.</summary>
    public DateTimeOffset Start => DateTimeOffset.UnixEpoch.AddHours(Index);

    /// <summary>The first instant after the window.</summary>
    public DateTimeOffset End => Start.AddHours(1);

    /// <summary>The following window.</summary>
    public HourWindow Next => new(Index + 1);

    /// <summary>The window that contains an instant.</summary>
    public static HourWindow Containing(DateTimeOffset instant) =>
        OfUnixMilliseconds(instant.ToUnixTimeMilliseconds());

    /// <summary>The window that contains an instant, given as milliseconds since 1970-01-01T00:00Z.</summary>
    public static HourWindow OfUnixMilliseconds(long milliseconds)
    {
        var (quotient, remainder) = Math.DivRem(milliseconds, 3_600_000L);
        return new HourWindow(remainder < 0 ? quotient - 1 : quotient);
    }

    /// <inheritdoc/>
    public int CompareTo(HourWindow other) => Index.CompareTo(other.Index);

    /// <summary>The start as ISO 8601, e.g. <c>2026-11-22T07:00:00Z</c>.</summary>
    public override string ToString() => Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Earlier than.</summary>
    public static bool operator <(HourWindow left, HourWindow right) => left.Index < right.Index;

    /// <summary>Earlier than or equal.</summary>
    public static bool operator <=(HourWindow left, HourWindow right) => left.Index <= right.Index;

    /// <summary>Later than.</summary>
    public static bool operator >(HourWindow left, HourWindow right) => left.Index > right.Index;

    /// <summary>Later than or equal.</summary>
    public static bool operator >=(HourWindow left, HourWindow right) => left.Index >= right.Index;
}
