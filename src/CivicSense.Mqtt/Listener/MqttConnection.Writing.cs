using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <content>Packets that sessions put into the output. May be called from any thread.</content>
sealed partial class MqttConnection
{
    OutgoingTopicAliases? aliases;

    /// <summary>Puts a QoS 0 message into the output; false, and counted, if the client is too slow or takes no such packets.</summary>
    public bool TryDeliver(in RoutedMessage message, in Delivery delivery)
    {
        if (IsClosing || Output.QueuedBytes + message.Payload.Length > Listener.Options.MaximumQueuedBytesPerSession)
        {
            Listener.Statistics.CountDropped(MqttDropReason.SlowClient);
            return false;
        }

        bool isWritten = TryWrite(new PublishEncoding
        {
            Version = Version,
            Topic = message.Topic,
            Payload = message.Payload,
            Properties = message.Properties,
            MessageExpiryOffset = message.MessageExpiryOffset,
            RemainingExpiry = message.MessageExpiryInterval,
            SubscriptionIdentifiers = delivery.SubscriptionIdentifiers,
            Retain = delivery.Retain,
        });
        if (isWritten) Listener.Statistics.CountDelivered();
        return isWritten;
    }

    /// <summary>
    /// Puts a PUBLISH into the output, with an alias where that is shorter. False, and counted, if it is larger than the client takes: then
    /// the message counts as delivered ([MQTT-3.1.2-25]).
    /// </summary>
    public bool TryWrite(in PublishEncoding packet)
    {
        lock (Output.Gate)
        {
            bool isNew = false;
            ushort alias = aliases?.Find(packet.Topic, out isNew) ?? 0;
            PublishEncoding sent = alias == 0 ? packet : packet with { TopicAlias = alias, Topic = isNew ? packet.Topic : default };
            if (isNew && sent.Length > connect!.MaximumPacketSize)
            {
                sent = packet;
                isNew = false;
            }

            int length = sent.Length;
            if (length > connect!.MaximumPacketSize)
            {
                Listener.Statistics.CountDropped(MqttDropReason.TooLarge);
                return false;
            }

            sent.Write(Output.Reserve(length));
            if (isNew) aliases!.Add(packet.Topic);
            return true;
        }
    }

    /// <summary>Puts a PUBREL into the output.</summary>
    public void WritePubRel(ushort packetIdentifier) =>
        Write(MqttPacketType.PubRel, new AcknowledgementPacket(packetIdentifier, MqttReasonCode.Success));

    /// <summary>Puts an acknowledgement into the output.</summary>
    public void Write(MqttPacketType type, in AcknowledgementPacket packet)
    {
        lock (Output.Gate) packet.Write(Output.Reserve(packet.Length(Version)), type, Version);
    }
}
