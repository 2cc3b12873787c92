namespace CivicSense.Mqtt.Codec;

/// <summary>A SUBACK or UNSUBACK packet (MQTT 5.0 sections 3.9 and 3.11), as a view on the bytes it came in.</summary>
ref struct SubAckPacket
{
    public ushort PacketIdentifier { get; private set; }

    /// <summary>One reason code for each filter of the request; empty in an UNSUBACK of MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Codes { get; private set; }

    public MqttProperties Properties { get; private set; }

    /// <summary>Reads the body of a packet of <paramref name="type"/>, SUBACK or UNSUBACK.</summary>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(
        MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubAckPacket packet)
    {
        packet = new SubAckPacket { Properties = MqttProperties.None };
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out ushort identifier)) return MqttReasonCode.MalformedPacket;
        if (identifier == 0) return MqttReasonCode.ProtocolError;
        packet.PacketIdentifier = identifier;
        if (version == MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfAcknowledgement, out MqttProperties properties);
            if (reason != MqttReasonCode.Success) return reason;
            packet.Properties = properties;
        }

        packet.Codes = reader.Rest;
        bool isOldUnsubscribe = version == MqttProtocolVersion.V311 && type == MqttPacketType.UnsubAck;
        if (packet.Codes.IsEmpty != isOldUnsubscribe) return MqttReasonCode.MalformedPacket;
        foreach (byte code in packet.Codes)
        {
            bool isAllowed = version == MqttProtocolVersion.V5
                ? ReasonCodes.IsAllowed(type, (MqttReasonCode)code)
                : code is 0 or 1 or 2 or 0x80;
            if (!isAllowed) return MqttReasonCode.ProtocolError;
        }

        return MqttReasonCode.Success;
    }
}
