namespace CivicSense.Mqtt;

/// <summary>Takes messages where they arrive, without a copy, and says itself when each may be acknowledged.</summary>
public interface IMqttMessageHandler
{
    /// <summary>
    /// Handles one message, on the thread that reads the connection. What it blocks, it blocks for all packets of the connection. The
    /// message's spans are valid during the call. A message of QoS 1 or 2 stays unacknowledged until
    /// <see cref="MqttClient.Acknowledge"/> is called with its token; if that never happens, the server sends it again on a later
    /// connection. Messages of a resumed session may come before <see cref="MqttClient.ConnectAsync(MqttClientOptions,
    /// CancellationToken)"/> has returned.
    /// </summary>
    /// <remarks>An exception ends the connection with Implementation Specific Error; the message stays unacknowledged.</remarks>
    void Handle(in MqttInboundMessage message);

    /// <summary>
    /// Awaited when all that had arrived was handled, before more is read: a handler with a full queue lets the server wait here. Completes
    /// at once by default. Acknowledgements of this connection's own messages wait too.
    /// </summary>
    ValueTask ReadyAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>A message as it lies in the buffer it was read into.</summary>
public readonly ref struct MqttInboundMessage
{
    /// <summary>The topic name in UTF-8, without wildcards; also where the server sent a topic alias.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The encoded properties for <see cref="MqttMessageProperties.Read"/>; empty in MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>0, 1 or 2.</summary>
    public byte QualityOfService { get; init; }

    /// <summary>Whether it was stored before this subscription was made (or, with Retain As Published, how it was sent).</summary>
    public bool Retain { get; init; }

    /// <summary>Whether the server says that it has sent it before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>What to acknowledge it with.</summary>
    public MqttAcknowledgementToken Token { get; init; }
}

/// <summary>Names one message of one connection. The default value names none and is ignored.</summary>
public readonly record struct MqttAcknowledgementToken
{
    internal MqttAcknowledgementToken(long connection, long place, ushort packetIdentifier) =>
        (Connection, Place, PacketIdentifier) = (connection, place, packetIdentifier);

    /// <summary>The number of the connection in this process.</summary>
    internal long Connection { get; }

    /// <summary>How many messages of QoS 1 and 2 came before on this connection.</summary>
    internal long Place { get; }

    /// <summary>The packet identifier; 0 for a message of QoS 0, which needs no acknowledgement.</summary>
    public ushort PacketIdentifier { get; }
}
