using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Reads the words of the rooms from columns; see <see cref="PostgresTables"/>.</summary>
static class StoredRows
{
    static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    public static PrivacyDay Day(this NpgsqlDataReader row, int column) => new(DateOnly.FromDayNumber(row.GetInt32(column) + UnixEpochDay));

    public static HourWindow Window(this NpgsqlDataReader row, int column) => new(row.GetInt64(column));

    public static Area Area(this NpgsqlDataReader row, int column) => Commons.Area.Parse(row.GetString(column));

    public static Quantity Quantity(this NpgsqlDataReader row, int column) => Commons.Quantity.All[row.GetInt16(column)];

    public static DateTimeOffset Instant(this NpgsqlDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    /// <summary>A row of (id, owner, name, place, model).</summary>
    public static Device Device(NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.Area(3), row.GetString(4));

    /// <summary>A row of (id, owner, name, place, model, hash of the secret).</summary>
    public static DeviceCredential Credential(NpgsqlDataReader row) => new(Device(row), row.GetFieldValue<byte[]>(5));

    /// <summary>A row of (hour, device, quantity, count, sum, last time).</summary>
    public static Contribution Contribution(NpgsqlDataReader row) => new(
        row.GetInt32(1), checked((byte)row.GetInt16(2)), row.Window(0), row.GetInt32(3), row.GetDouble(4), row.GetInt64(5));
}
