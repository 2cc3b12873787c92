namespace CivicSense.Storage;

/// <summary>Deletes devices and households with every row of the vault that says something about them.</summary>
static class HouseholdErasure
{
    /// <summary>Deletes a device; false where there is none of this name.</summary>
    public static bool DeleteDevice(SqliteSession session, string name)
    {
        var found = session.Prepare("SELECT id FROM vault_device WHERE name = ?1").Bind(1, name);
        if (!found.Step())
            return false;
        var id = found.Int32(0);
        found.Reset();
        DeleteDevice(session, id);
        return true;
    }

    /// <summary>Deletes a household and its devices; false where there is none of this name.</summary>
    public static bool DeleteOwner(SqliteSession session, string name)
    {
        var found = session.Prepare("SELECT id FROM vault_owner WHERE name = ?1").Bind(1, name);
        if (!found.Step())
            return false;
        var id = found.Int32(0);
        found.Reset();
        foreach (var device in DevicesOf(session, id))
            DeleteDevice(session, device);
        session.Prepare("DELETE FROM vault_plan_device WHERE owner_id = ?1").Bind(1, id).Run();
        session.Prepare("DELETE FROM vault_active_owner WHERE owner_id = ?1").Bind(1, id).Run();
        session.Prepare("DELETE FROM vault_budget WHERE owner_id = ?1").Bind(1, id).Run();
        session.Prepare("DELETE FROM vault_owner WHERE id = ?1").Bind(1, id).Run();
        return true;
    }

    // Its sessions go with the device: the schema says so.
    static void DeleteDevice(SqliteSession session, int id)
    {
        session.Prepare("DELETE FROM vault_contribution WHERE device_id = ?1").Bind(1, id).Run();
        session.Prepare("DELETE FROM vault_plan_device WHERE device_id = ?1").Bind(1, id).Run();
        session.Prepare("DELETE FROM vault_device WHERE id = ?1").Bind(1, id).Run();
    }

    static List<int> DevicesOf(SqliteSession session, int owner)
    {
        var devices = new List<int>();
        var row = session.Prepare("SELECT id FROM vault_device WHERE owner_id = ?1").Bind(1, owner);
        while (row.Step())
            devices.Add(row.Int32(0));
        return devices;
    }
}
