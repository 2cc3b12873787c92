using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Waits for the first packet of a server.</summary>
sealed class ConnAckHandler(MqttProtocolVersion version) : IPacketHandler
{
    /// <summary>Null if the connection ended before it came.</summary>
    public MqttServerInformation? Answer { get; private set; }

    public PacketOutcome Handle(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        Answer = header.Type == MqttPacketType.ConnAck ? MqttServerInformation.Read(body, version) : null;
        return Answer is not null
            ? PacketOutcome.Last
            : throw new MqttException(MqttReasonCode.ProtocolError, "The server's first packet was no valid CONNACK.");
    }

    public ValueTask EndBatchAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
