namespace CivicSense.Storage;

/// <summary>
/// The numbers of the devices that have been deleted, so that a batch need not look each of its devices up. Used during the writer's turn
/// only.
/// </summary>
/// <remarks>Another process may delete a device. What it added since is read at the beginning of each transaction: one search by
/// key.</remarks>
sealed class DepartedDevices
{
    readonly HashSet<int> numbers = [];
    long newest;

    /// <summary>Learns of those who have left since.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Refresh(SqliteSession session)
    {
        var before = newest;
        var row = session.Prepare("SELECT sequence, device_id FROM vault_departed_device WHERE sequence > ?1 ORDER BY sequence")
            .Bind(1, newest);
        while (row.Step())
        {
            newest = row.Int64(0);
            numbers.Add(row.Int32(1));
        }
        return newest != before;
    }

    public bool Contains(int deviceId) => numbers.Count > 0 && numbers.Contains(deviceId);
}
