using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Gives each packet of a server to the part of the client that it is for.</summary>
sealed class ServerPackets(
    MqttProtocolVersion version, ClientPublisher publisher, ClientReceiver receiver, ClientRequests requests, KeepAliveMonitor keepAlive,
    Action flush, Action<MqttException> end) : IPacketHandler
{
    public PacketOutcome Handle(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case MqttPacketType.Publish:
                return receiver.HandlePublish(header, body);
            case MqttPacketType.PubRel:
                receiver.HandleRelease(body);
                return PacketOutcome.Handled;
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubComp:
                publisher.HandleAnswer(header.Type, body);
                return PacketOutcome.Handled;
            case MqttPacketType.SubAck or MqttPacketType.UnsubAck:
                requests.HandleAnswer(header.Type, body);
                return PacketOutcome.Handled;
            case MqttPacketType.PingResp:
                return PacketOutcome.Handled;
            case MqttPacketType.Disconnect when version == MqttProtocolVersion.V5:
                end(ServerDisconnect.Read(body));
                return PacketOutcome.Last;
            default:
                throw new MqttException(MqttReasonCode.ProtocolError, "The server sent a packet that only clients send.");
        }
    }

    public async ValueTask EndBatchAsync(CancellationToken cancellationToken)
    {
        keepAlive.Heard();
        flush();
        ValueTask ready = receiver.WaitForRoomAsync(cancellationToken);
        if (ready.IsCompletedSuccessfully) return;
        keepAlive.Hold();
        await ready;
        keepAlive.EndHold();
    }
}
