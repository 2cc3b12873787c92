using System.Text;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>How the words of the rooms are written in columns; see <see cref="SqliteSchema"/>.</summary>
static class StoredValues
{
    static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    public static long ToStored(this PrivacyDay day) => day.Date.DayNumber - UnixEpochDay;

    public static PrivacyDay Day(this SqliteStatement row, int column) =>
        new(DateOnly.FromDayNumber(row.Int32(column) + UnixEpochDay));

    public static HourWindow Window(this SqliteStatement row, int column) => new(row.Int64(column));

    public static Area Area(this SqliteStatement row, int column) => Commons.Area.Parse(row.Text(column));

    /// <summary>The area of a row, which is often that of the row before.</summary>
    public static Area Area(this SqliteStatement row, int column, Area before) =>
        Ascii.Equals(row.Utf8(column), before.QuadKey) ? before : row.Area(column);

    public static Quantity Quantity(this SqliteStatement row, int column) => Commons.Quantity.All[row.Int32(column)];

    /// <summary>Stored instants are whole milliseconds, so a bound between two of them means the later one.</summary>
    public static long CeilingMilliseconds(DateTimeOffset instant) =>
        instant.ToUnixTimeMilliseconds() + (instant.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);

    public static DateTimeOffset Instant(this SqliteStatement row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(column));
}
