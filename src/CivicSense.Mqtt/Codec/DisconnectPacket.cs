namespace CivicSense.Mqtt.Codec;

/// <summary>DISCONNECT packets, MQTT 5.0 section 3.14.</summary>
static class DisconnectPacket
{
    /// <summary>Reads the body; one that is shorter than 1 byte means normal disconnection.</summary>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(
        ReadOnlySpan<byte> body, MqttProtocolVersion version, ulong allowedProperties, out MqttReasonCode given, out uint? sessionExpiry)
    {
        (given, sessionExpiry) = (MqttReasonCode.Success, null);
        if (body.IsEmpty) return MqttReasonCode.Success;
        if (version != MqttProtocolVersion.V5) return MqttReasonCode.MalformedPacket;
        given = (MqttReasonCode)body[0];
        if (body.Length == 1) return MqttReasonCode.Success;
        var reader = new PacketReader(body[1..]);
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, allowedProperties, out MqttProperties properties);
        if (reason != MqttReasonCode.Success) return reason;
        if (properties.Has(MqttProperty.SessionExpiryInterval)) sessionExpiry = properties.SessionExpiryInterval;
        return reader.AtEnd ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
    }

    /// <summary>Writes a server's or client's DISCONNECT into four bytes or fewer.</summary>
    public static int Write(Span<byte> target, MqttProtocolVersion version, MqttReasonCode reason)
    {
        var writer = new PacketWriter(target);
        bool hasReason = version == MqttProtocolVersion.V5 && reason != MqttReasonCode.Success;
        writer.FixedHeader(MqttPacketType.Disconnect, 0, hasReason ? 1 : 0);
        if (hasReason) writer.Byte((byte)reason);
        return writer.Written;
    }
}
