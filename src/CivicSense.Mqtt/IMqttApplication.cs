using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Mqtt;

/// <summary>What a listener needs from its host: who may connect, and what becomes of what they publish.</summary>
/// <remarks>
/// This interface, <see cref="IMqttSession"/>, <see cref="IMqttDurability"/> and the optional <see cref="IMqttSessionStore"/> are the
/// whole seam between the MQTT stack and the rest of the node. Another stack can take this one's place by calling the same.
/// </remarks>
public interface IMqttApplication
{
    /// <summary>Tells when published messages have become durable. The listener acknowledges QoS 1 and 2 only then.</summary>
    IMqttDurability Durability { get; }

    /// <summary>Decides about one CONNECT packet.</summary>
    /// <param name="request">What the client said of itself. The password is only valid during the call.</param>
    /// <param name="cancellationToken">Cancelled when the connection closes or its CONNECT deadline passes.</param>
    /// <returns>A session, or the reason for the refusal.</returns>
    ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// A session of somebody who is not connected. Asked for when the listener starts and a saved session has a will that has not been
    /// published yet (MQTT 5.0 section 3.1.3.2.2): the will comes to <see cref="IMqttSession.Publish"/> of this one when it is due.
    /// </summary>
    /// <param name="identity">What <see cref="IMqttSession.Identity"/> said when the session was saved.</param>
    /// <param name="cancellationToken">Cancelled when the start is given up.</param>
    /// <returns>The session; null, which is the default, if the will shall not be published.</returns>
    ValueTask<IMqttSession?> FindAbsentAsync(string identity, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IMqttSession?>(null);
}

/// <summary>
/// One connected client, as the application sees it. Called by one connection's loop only, never concurrently, but for
/// <see cref="MayReceive"/>.
/// </summary>
public interface IMqttSession
{
    /// <summary>Who this is. A second connection with the same client identifier takes over only if the identity is the same.</summary>
    string Identity { get; }

    /// <summary>What this client gets at most; a field that is null takes the listener's option.</summary>
    MqttSessionLimits Limits { get; }

    /// <summary>
    /// Takes one published message. Must not block: the caller is the connection's read loop. A QoS 2 message comes here exactly once,
    /// however often the client sends it. A will whose delay passes after the connection has ended comes here after <see cref="Closed"/>.
    /// </summary>
    /// <param name="message">The message; its spans are only valid during the call.</param>
    /// <returns>The reason code, what the listener shall do with the message, and the ticket after which it is durable.</returns>
    MqttPublishDecision Publish(in MqttIncomingMessage message);

    /// <summary>
    /// Whether this client may subscribe to <paramref name="topicFilter"/> (wildcards included). Of a shared subscription only the filter
    /// in it is asked for.
    /// </summary>
    bool MaySubscribe(string topicFilter);

    /// <summary>
    /// Whether this client may be given a message of this topic now. Asked at every delivery, also of retained and queued messages,
    /// because rights may have gone since SUBSCRIBE. Unlike the other members it may be called from any thread, also after
    /// <see cref="Closed"/>; it must not block.
    /// </summary>
    /// <param name="topic">A topic name, UTF-8. Valid during the call only.</param>
    bool MayReceive(ReadOnlySpan<byte> topic);

    /// <summary>
    /// Whether a will of this topic may wait on disk for its delay to pass. False, the default, for what
    /// <see cref="Publish"/> would consume: such a will is lost when the listener stops before it is due.
    /// </summary>
    /// <param name="topic">A topic name, UTF-8. Valid during the call only.</param>
    bool MayStore(ReadOnlySpan<byte> topic) => false;

    /// <summary>
    /// What a client is told that asks how to make response topics of its own (MQTT 5.0 section 3.2.2.3.15), for example the beginning of
    /// the topics that it may use. Null, the default, says nothing. At most 65,535 bytes of UTF-8.
    /// </summary>
    string? ResponseInformation => null;

    /// <summary>
    /// Whether the client has lost the right to be here. The listener looks at least once a second; it then says 0x98 (administrative
    /// action), and keeps neither will nor session. Called from any thread; must not block. False where it is not implemented.
    /// </summary>
    bool IsRevoked => false;

    /// <summary>Called once when the connection has ended, whatever the cause.</summary>
    void Closed();
}

/// <summary>Turns tickets into the news that everything up to them is durable.</summary>
public interface IMqttDurability
{
    /// <summary>Every ticket up to and including this one is durable. Never decreases.</summary>
    long DurableTicket { get; }

    /// <summary>Completes when <see cref="DurableTicket"/> has reached <paramref name="ticket"/>.</summary>
    ValueTask WaitAsync(long ticket, CancellationToken cancellationToken);
}

/// <summary>What a client said in its CONNECT packet.</summary>
/// <param name="ClientId">The client identifier; the listener has assigned one if the client sent none.</param>
/// <param name="UserName">The user name, or null.</param>
/// <param name="Password">The password bytes; empty if there was none. Overwritten after the call.</param>
/// <param name="Version">The protocol version the client speaks.</param>
public sealed record MqttConnectRequest(string ClientId, string? UserName, ReadOnlyMemory<byte> Password, MqttProtocolVersion Version)
{
    /// <summary>The certificate that the client showed in the TLS handshake, already verified; null without one.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Where the connection comes from; null if the transport does not know.</summary>
    public IPAddress? RemoteAddress { get; init; }
}

/// <summary>What one client gets at most. A field that is null takes the option of <see cref="MqttListenerOptions"/>.</summary>
public sealed record MqttSessionLimits
{
    /// <summary>The listener's options, all of them.</summary>
    public static MqttSessionLimits Default { get; } = new();

    /// <summary>In place of <see cref="MqttListenerOptions.MaximumSessionExpiry"/>.</summary>
    public TimeSpan? MaximumSessionExpiry { get; init; }

    /// <summary>In place of <see cref="MqttListenerOptions.MaximumSubscriptionsPerSession"/>.</summary>
    public int? MaximumSubscriptions { get; init; }

    /// <summary>Most connections of the identity, in place of <see cref="MqttListenerOptions.MaximumConnectionsPerIdentity"/>.</summary>
    public int? MaximumConnections { get; init; }

    /// <summary>
    /// Most bytes of QoS 1 and 2 messages that wait for the client, in place of
    /// <see cref="MqttListenerOptions.MaximumQueuedBytesPerSession"/>.
    /// </summary>
    public int? MaximumQueuedBytes { get; init; }

    /// <summary>
    /// Whether the client may subscribe with <c>$share</c>, and so take messages that others of the group would get. Default true.
    /// </summary>
    public bool AllowsSharedSubscriptions { get; init; } = true;

    /// <summary>Messages a second, sustained, in place of <see cref="MqttListenerOptions.PublishRate"/>; 0 is no limit.</summary>
    public double? PublishRate { get; init; }
}

/// <summary>The application's answer to a CONNECT packet.</summary>
public readonly record struct MqttConnectDecision
{
    MqttConnectDecision(MqttReasonCode reason, IMqttSession? session) => (Reason, Session) = (reason, session);

    /// <summary><see cref="MqttReasonCode.Success"/>, or why the client was refused.</summary>
    public MqttReasonCode Reason { get; }

    /// <summary>The session; null when refused.</summary>
    public IMqttSession? Session { get; }

    /// <summary>Lets the client in.</summary>
    public static MqttConnectDecision Accept(IMqttSession session) => new(MqttReasonCode.Success, session);

    /// <summary>Refuses the client with a reason code of 0x80 or above.</summary>
    public static MqttConnectDecision Refuse(MqttReasonCode reason) => new(reason, null);
}

/// <summary>A message that a client published. Valid only while it is being handled.</summary>
public readonly ref struct MqttIncomingMessage
{
    /// <summary>The topic name, UTF-8, already checked against MQTT 5.0 section 1.5.4 and 4.7.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>The payload; empty if <see cref="PayloadOmitted"/>.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The number of payload bytes that the client sent.</summary>
    public required int PayloadLength { get; init; }

    /// <summary>Whether the payload was longer than the listener keeps and was skipped. The message is still acknowledged.</summary>
    public bool PayloadOmitted => Payload.Length != PayloadLength;

    /// <summary>0, 1 or 2.</summary>
    public required byte QualityOfService { get; init; }

    /// <summary>The RETAIN flag.</summary>
    public required bool Retain { get; init; }

    /// <summary>The DUP flag.</summary>
    public required bool Duplicate { get; init; }
}

/// <summary>What the listener shall do with a published message.</summary>
public enum MqttDelivery
{
    /// <summary>
    /// Nothing: the application has taken it. Private readings go this way, and reach no subscriber and no retained store.
    /// </summary>
    Consumed,

    /// <summary>Deliver it to subscribers, and retain it if the RETAIN flag is set.</summary>
    Route,
}

/// <summary>The application's answer to a published message.</summary>
/// <param name="Reason">
/// <see cref="MqttReasonCode.Success"/>, or e.g. <see cref="MqttReasonCode.NotAuthorized"/>. MQTT 3.1.1 has no reason codes here: such
/// a client is acknowledged all the same and the message is dropped.
/// </param>
/// <param name="Delivery">Whether the listener passes the message on.</param>
/// <param name="Ticket">PUBACK or PUBREC waits for this ticket; 0 means at once.</param>
public readonly record struct MqttPublishDecision(MqttReasonCode Reason, MqttDelivery Delivery, long Ticket);
