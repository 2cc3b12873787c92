namespace CivicSense.Mqtt;

/// <summary>What a listener needs from its host: who may connect, and what becomes of what they publish.</summary>
/// <remarks>
/// This interface, <see cref="IMqttSession"/> and <see cref="IMqttDurability"/> are the whole seam between the MQTT stack and the rest
/// of the node. Another stack can take this one's place by calling the same three.
/// </remarks>
public interface IMqttApplication
{
    /// <summary>Tells when published messages have become durable. The listener acknowledges QoS 1 only then.</summary>
    IMqttDurability Durability { get; }

    /// <summary>Decides about one CONNECT packet.</summary>
    /// <param name="request">What the client said of itself. The password is only valid during the call.</param>
    /// <param name="cancellationToken">Cancelled when the connection closes or its CONNECT deadline passes.</param>
    /// <returns>A session, or the reason for the refusal.</returns>
    ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken);
}

/// <summary>One connected client, as the application sees it. Called by one connection's loop only, never concurrently.</summary>
public interface IMqttSession
{
    /// <summary>Who this is. A second connection with the same client identifier takes over only if the identity is the same.</summary>
    string Identity { get; }

    /// <summary>Takes one published message. Must not block: the caller is the connection's read loop.</summary>
    /// <param name="message">The message; its spans are only valid during the call.</param>
    /// <returns>The reason code, what the listener shall do with the message, and the ticket after which it is durable.</returns>
    MqttPublishDecision Publish(in MqttIncomingMessage message);

    /// <summary>Whether this client may subscribe to <paramref name="topicFilter"/> (wildcards included).</summary>
    bool MaySubscribe(string topicFilter);

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
public sealed record MqttConnectRequest(string ClientId, string? UserName, ReadOnlyMemory<byte> Password, MqttProtocolVersion Version);

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

    /// <summary>0 or 1.</summary>
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
/// <see cref="MqttReasonCode.Success"/>, or e.g. <see cref="MqttReasonCode.NotAuthorized"/>. MQTT 3.1.1 has no reason codes in PUBACK: such
/// a client is acknowledged all the same and the message is dropped.
/// </param>
/// <param name="Delivery">Whether the listener passes the message on.</param>
/// <param name="Ticket">The QoS 1 acknowledgement waits for this ticket; 0 means at once.</param>
public readonly record struct MqttPublishDecision(MqttReasonCode Reason, MqttDelivery Delivery, long Ticket);
