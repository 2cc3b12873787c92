using System.Data;
using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Reads the open hours of one device and of its household. No query depends on how many others there are.</summary>
static class PostgresOpenHoursReading
{
    // Steps from hour to hour through the table's key: hours are few, devices are many.
    const string OpenHoursFound = """
        WITH RECURSIVE open (hour) AS (
            SELECT min(hour) FROM vault.contribution
            UNION ALL
            SELECT (SELECT min(hour) FROM vault.contribution WHERE hour > open.hour) FROM open WHERE open.hour IS NOT NULL
        )
        """;

    const string Merged = "held.hour, held.device_id, held.quantity, sum(held.count)::integer, sum(held.sum), max(held.last_time)";

    const string OfDevice = $"""
        {OpenHoursFound}
        SELECT {Merged} FROM open JOIN vault.contribution AS held ON held.hour = open.hour AND held.device_id = $1
        GROUP BY 1, 2, 3 ORDER BY 1, 3
        """;

    const string OfOtherDevices = $"""
        {OpenHoursFound}
        SELECT {Merged} FROM open
            CROSS JOIN (
                SELECT other.id FROM vault.device AS other JOIN vault.device AS own ON own.owner_id = other.owner_id
                WHERE own.id = $1 AND other.id <> $1) AS other
            JOIN vault.contribution AS held ON held.hour = open.hour AND held.device_id = other.id AND held.quantity = $2
        GROUP BY 1, 2, 3 ORDER BY 1, 2
        """;

    const string PlannedOfHousehold = """
        SELECT planned.day, planned.device_id, planned.owner_id, planned.area_index, planned.model
        FROM commons.plan
            CROSS JOIN (
                SELECT member.id FROM vault.device AS member JOIN vault.device AS own ON own.owner_id = member.owner_id
                WHERE own.id = $1) AS member
            JOIN vault.plan_device AS planned ON planned.day = plan.day AND planned.device_id = member.id
        WHERE plan.day >= (SELECT min(day) FROM vault.plan_device)
        ORDER BY planned.day, planned.device_id
        """;

    /// <summary>Reads everything from one snapshot, so that a release in between cannot tear it.</summary>
    public static async Task<OpenHours> ReadAsync(NpgsqlConnection connection, int deviceId, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(OfDevice, Sql.Value(deviceId)),
                Sql.Command(OfOtherDevices, Sql.Value(deviceId), Sql.Value((short)Quantity.Humidity.Ordinal)),
                Sql.Command(PlannedOfHousehold, Sql.Value(deviceId)),
                Sql.Command("SELECT released_through FROM vault.state"),
            },
        };
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var own = await ReadAllAsync(row, StoredRows.Contribution, cancellationToken);
        var humidity = await ReadAllAsync(row, StoredRows.Contribution, cancellationToken);
        var planned = await ReadAllAsync(
            row, planned => (planned.Day(0),
                new PlannedDevice(planned.GetInt32(1), planned.GetInt32(2), planned.GetInt32(3), planned.GetString(4))),
            cancellationToken);
        var released = await ReadAllAsync(row, state => state.IsDBNull(0) ? (HourWindow?)null : state.Window(0), cancellationToken);
        return new OpenHours { Contributions = own, HouseholdHumidity = humidity, Planned = planned, ReleasedThrough = released[0] };
    }

    static async Task<List<T>> ReadAllAsync<T>(NpgsqlDataReader row, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        while (await row.ReadAsync(cancellationToken))
            all.Add(read(row));
        await row.NextResultAsync(cancellationToken);
        return all;
    }
}
