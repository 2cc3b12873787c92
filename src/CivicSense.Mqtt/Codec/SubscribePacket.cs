namespace CivicSense.Mqtt.Codec;

/// <summary>One topic filter of a SUBSCRIBE packet with its options, MQTT 5.0 section 3.8.3.1.</summary>
readonly record struct SubscriptionRequest(
    byte[] Filter, byte QualityOfService, bool NoLocal, bool RetainAsPublished, byte RetainHandling);

/// <summary>SUBSCRIBE and UNSUBSCRIBE packets, MQTT 5.0 sections 3.8 and 3.10.</summary>
sealed class SubscribePacket
{
    public ushort PacketIdentifier { get; private set; }

    public List<SubscriptionRequest> Requests { get; } = [];

    /// <summary>From 1 to 268,435,455; 0 without one.</summary>
    public int SubscriptionIdentifier { get; private set; }

    public bool HasSubscriptionIdentifier => SubscriptionIdentifier != 0;

    /// <summary>Reads a SUBSCRIBE, or with <paramref name="isUnsubscribe"/> an UNSUBSCRIBE, which has no options.</summary>
    public static MqttReasonCode TryRead(
        ReadOnlySpan<byte> body, MqttProtocolVersion version, bool isUnsubscribe, out SubscribePacket packet,
        UserPropertyLimits? limits = null)
    {
        packet = new SubscribePacket();
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out ushort identifier)) return MqttReasonCode.MalformedPacket;
        if (identifier == 0) return MqttReasonCode.ProtocolError;
        packet.PacketIdentifier = identifier;
        if (version == MqttProtocolVersion.V5)
        {
            ulong allowed = isUnsubscribe ? AllowedProperties.OfUnsubscribe : AllowedProperties.OfSubscribe;
            MqttReasonCode reason = MqttProperties.TryRead(ref reader, allowed, out MqttProperties properties, limits);
            if (reason != MqttReasonCode.Success) return reason;
            packet.SubscriptionIdentifier = properties.SubscriptionIdentifier;
        }

        // At least one filter: [MQTT-3.8.3-2], [MQTT-3.10.3-2].
        if (reader.AtEnd) return MqttReasonCode.ProtocolError;
        while (!reader.AtEnd)
        {
            MqttReasonCode reason = packet.ReadRequest(ref reader, version, isUnsubscribe);
            if (reason != MqttReasonCode.Success) return reason;
        }

        return MqttReasonCode.Success;
    }

    MqttReasonCode ReadRequest(scoped ref PacketReader reader, MqttProtocolVersion version, bool isUnsubscribe)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> filter) || !MqttText.IsTopicFilter(filter)) return MqttReasonCode.MalformedPacket;
        byte options = 0;
        if (!isUnsubscribe && !reader.TryReadByte(out options)) return MqttReasonCode.MalformedPacket;
        int reserved = version == MqttProtocolVersion.V5 ? 0xC0 : 0xFC;
        if ((options & reserved) != 0 || (options & 3) == 3) return MqttReasonCode.MalformedPacket;
        byte retainHandling = (byte)((options >> 4) & 3);
        bool noLocal = (options & 4) != 0;
        // [MQTT-3.8.3-4]: No Local on a shared subscription is a protocol error, and so is Retain Handling 3.
        if (retainHandling == 3 || (noLocal && MqttText.IsShared(filter))) return MqttReasonCode.ProtocolError;
        Requests.Add(new SubscriptionRequest(filter.ToArray(), (byte)(options & 3), noLocal, (options & 8) != 0, retainHandling));
        return MqttReasonCode.Success;
    }
}
