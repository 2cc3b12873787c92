using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Reads the open hours of one device and of its household. No query depends on how many others there are.</summary>
static class OpenHoursReading
{
    // Steps from window to window through the table's key (ContributionKey): windows are few, devices are many.
    const string OpenWindows = """
        WITH RECURSIVE open (window) AS (
            SELECT min(key) >> 40 FROM vault_contribution
            UNION ALL
            SELECT (SELECT min(key) >> 40 FROM vault_contribution WHERE key >= (open.window + 1) << 40)
            FROM open WHERE open.window IS NOT NULL
        )
        """;

    const string OfDevice = OpenWindows + """

        SELECT held.window, held.device_id, held.quantity, held.count, held.sum, held.last_time
        FROM open CROSS JOIN vault_contribution AS held
            ON held.key BETWEEN (open.window << 40) + (?1 << 8) AND (open.window << 40) + (?1 << 8) + 255
        ORDER BY held.key
        """;

    const string OfOtherDevices = OpenWindows + """

        SELECT held.window, held.device_id, held.quantity, held.count, held.sum, held.last_time
        FROM open
            CROSS JOIN vault_device AS other
                ON other.owner_id = (SELECT owner_id FROM vault_device WHERE id = ?1) AND other.id <> ?1
            CROSS JOIN vault_contribution AS held
                ON held.key = (open.window << 40) + (other.id << 8) + ?2
        ORDER BY held.key
        """;

    const string PlannedOfHousehold = """
        SELECT planned.day, planned.device_id, planned.owner_id, planned.area_index, planned.model
        FROM plan
            CROSS JOIN vault_device AS own ON own.owner_id = (SELECT owner_id FROM vault_device WHERE id = ?1)
            CROSS JOIN vault_plan_device AS planned ON planned.day = plan.day AND planned.device_id = own.id
        WHERE plan.day >= (SELECT min(day) FROM vault_plan_device)
        ORDER BY planned.day, planned.device_id
        """;

    /// <summary>Reads everything from one snapshot, so that a release in between cannot tear it.</summary>
    public static OpenHours Read(SqliteSession session, int deviceId)
    {
        session.Execute("BEGIN");
        try
        {
            return new OpenHours
            {
                Contributions = SqliteVault.ReadContributions(session.Prepare(OfDevice).Bind(1, deviceId)),
                HouseholdHumidity = SqliteVault.ReadContributions(
                    session.Prepare(OfOtherDevices).Bind(1, deviceId).Bind(2, Quantity.Humidity.Ordinal)),
                Planned = ReadPlanned(session.Prepare(PlannedOfHousehold).Bind(1, deviceId)),
                ReleasedThrough = ReadReleasedThrough(session),
            };
        }
        finally
        {
            session.ResetStatements();
            session.Execute("ROLLBACK");
        }
    }

    static List<(PrivacyDay Day, PlannedDevice Device)> ReadPlanned(SqliteStatement row)
    {
        var planned = new List<(PrivacyDay, PlannedDevice)>();
        while (row.Step())
            planned.Add((row.Day(0), new PlannedDevice(row.Int32(1), row.Int32(2), row.Int32(3), row.Text(4))));
        return planned;
    }

    static HourWindow? ReadReleasedThrough(SqliteSession session)
    {
        var row = session.Prepare("SELECT released_through FROM vault_state");
        return row.Step() && !row.IsNull(0) ? row.Window(0) : null;
    }
}
