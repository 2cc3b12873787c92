namespace CivicSense.Mqtt;

/// <summary>
/// Keeps sessions over a restart of the listener. An optional service: without it sessions live in memory only.
/// </summary>
/// <remarks>
/// Only sessions that outlive their connection are handed over, and of messages only those that the application lets the listener route.
/// </remarks>
public interface IMqttSessionStore
{
    /// <summary>Every session that was saved and not removed. Called once, before the first client is let in.</summary>
    ValueTask<IReadOnlyList<MqttStoredSession>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Puts each of these in place of the one with the same identity and client identifier, all or nothing, and returns when that is
    /// durable. One whose <see cref="MqttStoredSession.State"/> is empty is removed. Never called concurrently.
    /// </summary>
    ValueTask SaveAsync(IReadOnlyList<MqttStoredSession> changed, CancellationToken cancellationToken);
}

/// <summary>A session as it is stored.</summary>
/// <param name="Identity">Whose it is (<see cref="IMqttSession.Identity"/>).</param>
/// <param name="ClientId">The client identifier. Two identities may use the same one for sessions of their own.</param>
/// <param name="ExpiresAt">When it ends if the client does not come back; null is never.</param>
/// <param name="State">
/// The listener's own format; the first byte is its version. Opaque to the store, which must not change it. Empty: remove the session.
/// </param>
public sealed record MqttStoredSession(string Identity, string ClientId, DateTimeOffset? ExpiresAt, ReadOnlyMemory<byte> State);
