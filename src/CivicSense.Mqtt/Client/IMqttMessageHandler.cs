namespace CivicSense.Mqtt;

/// <summary>Takes the messages of a client as they come, on its reading thread.</summary>
public interface IMqttMessageHandler
{
    /// <summary>Takes one message; its spans are valid during the call. Must not wait for anything of the same client.</summary>
    void Handle(in MqttInboundMessage message);
}

/// <summary>A message from the server. Valid only while it is being handled.</summary>
public readonly ref struct MqttInboundMessage
{
    /// <summary>The topic name.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The properties without their length, MQTT 5.0 section 3.3.2.3; empty in MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>0, 1 or 2.</summary>
    public byte QualityOfService { get; init; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; init; }

    /// <summary>The DUP flag.</summary>
    public bool Duplicate { get; init; }

    /// <summary>What to acknowledge the message with.</summary>
    public MqttAcknowledgementToken Token { get; init; }
}

/// <summary>Names one message of one connection.</summary>
public readonly record struct MqttAcknowledgementToken
{
    internal MqttAcknowledgementToken(long connection, long place, ushort packetIdentifier) =>
        (Connection, Place, PacketIdentifier) = (connection, place, packetIdentifier);

    internal long Connection { get; }

    internal long Place { get; }

    /// <summary>The packet identifier.</summary>
    public ushort PacketIdentifier { get; }
}
