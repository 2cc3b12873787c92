namespace CivicSense.Vault;

/// <summary>Keeps what devices have subscribed to, and what waits for them, over a restart of the node.</summary>
/// <remarks>
/// Where several processes take readings, each has sessions of its own and neither sees nor removes those of another: a device that comes
/// to another process starts a new session there.
/// </remarks>
public interface IDeviceSessionStore
{
    /// <summary>All sessions of this process, ordered by device and client identifier. Those that have expired are among them.</summary>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<IReadOnlyList<DeviceSessionRecord>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Replaces or removes sessions of this process, all or nothing; when the call has returned that survives a crash. A session of a
    /// device that is not enrolled any more is not kept.
    /// </summary>
    /// <exception cref="VaultUnavailableException">Nothing was written; the same call may succeed later.</exception>
    ValueTask WriteAsync(IReadOnlyList<DeviceSessionRecord> sessions, CancellationToken cancellationToken);
}

/// <summary>One session of a device.</summary>
/// <param name="DeviceName">The device.</param>
/// <param name="ClientId">The client identifier that the session belongs to; a device may use several.</param>
/// <param name="ExpiresAt">When it ends, to the millisecond, if the device does not come back; null for never.</param>
/// <param name="State">What the MQTT listener keeps of it, in a form of its own. Empty: remove the session.</param>
public sealed record DeviceSessionRecord(string DeviceName, string ClientId, DateTimeOffset? ExpiresAt, ReadOnlyMemory<byte> State);
