using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Lets the MQTT listener keep its sessions in the vault. A session's identity is the name of its device.</summary>
sealed class DeviceSessionStore(IDeviceSessionStore store) : IMqttSessionStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MqttStoredSession>> LoadAsync(CancellationToken cancellationToken)
    {
        var sessions = await store.ReadAsync(cancellationToken);
        return [.. sessions.Select(kept => new MqttStoredSession(kept.DeviceName, kept.ClientId, kept.ExpiresAt, kept.State))];
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(IReadOnlyList<MqttStoredSession> changed, CancellationToken cancellationToken) => store.WriteAsync(
        [.. changed.Select(session => new DeviceSessionRecord(session.Identity, session.ClientId, session.ExpiresAt, session.State))],
        cancellationToken);
}
