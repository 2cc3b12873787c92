namespace CivicSense.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP packets, which have one format: MQTT 5.0 sections 3.4 to 3.7.</summary>
readonly record struct AcknowledgementPacket(ushort PacketIdentifier, MqttReasonCode Reason)
{
    /// <summary>Whether the sender has given up the message, so that nothing of its exchange follows ([MQTT-4.3.3-4]).</summary>
    public bool IsRefusal => (byte)Reason >= 0x80;

    /// <summary>
    /// Reads the body. The reason may be left out (Success), and so may the properties ([MQTT-3.4.2-1], section 3.4.2.2.1). MQTT 3.1.1 has
    /// neither.
    /// </summary>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(
        MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out AcknowledgementPacket packet,
        UserPropertyLimits? limits = null)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out ushort identifier)) return MqttReasonCode.MalformedPacket;
        if (identifier == 0) return MqttReasonCode.ProtocolError;
        packet = new AcknowledgementPacket(identifier, MqttReasonCode.Success);
        if (reader.AtEnd) return MqttReasonCode.Success;
        if (version != MqttProtocolVersion.V5 || !reader.TryReadByte(out byte given)) return MqttReasonCode.MalformedPacket;
        packet = packet with { Reason = (MqttReasonCode)given };
        if (!ReasonCodes.IsAllowed(type, packet.Reason)) return MqttReasonCode.ProtocolError;
        if (reader.AtEnd) return MqttReasonCode.Success;
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfAcknowledgement, out _, limits);
        if (reason != MqttReasonCode.Success) return reason;
        return reader.AtEnd ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
    }

    /// <summary>The size of the whole packet without properties, 4 or 5 bytes.</summary>
    public int Length(MqttProtocolVersion version) => HasReason(version) ? 5 : 4;

    /// <summary>
    /// Writes the whole packet into exactly <see cref="Length"/> bytes. Success is left out, and so is everything in MQTT 3.1.1.
    /// </summary>
    public void Write(Span<byte> target, MqttPacketType type, MqttProtocolVersion version)
    {
        // [MQTT-3.6.1-1]: PUBREL alone has a flag.
        target[0] = (byte)((int)type << 4 | (type == MqttPacketType.PubRel ? 2 : 0));
        target[1] = (byte)(Length(version) - 2);
        target[2] = (byte)(PacketIdentifier >> 8);
        target[3] = (byte)(PacketIdentifier & 0xFF);
        if (HasReason(version)) target[4] = (byte)Reason;
    }

    /// <summary>The size of the whole packet with a Reason String.</summary>
    public static int ExplainedLength(string reasonString)
    {
        int remaining = ExplainedRemaining(reasonString, out _);
        return 1 + VariableInteger.Length(remaining) + remaining;
    }

    /// <summary>
    /// Writes an MQTT 5.0 packet with a Reason String (section 3.4.2.2.2) into exactly <see cref="ExplainedLength"/> bytes.
    /// </summary>
    public void WriteExplained(Span<byte> target, MqttPacketType type, string reasonString)
    {
        var writer = new PacketWriter(target);
        writer.FixedHeader(type, type == MqttPacketType.PubRel ? 2 : 0, ExplainedRemaining(reasonString, out int propertiesLength));
        writer.UInt16(PacketIdentifier);
        writer.Byte((byte)Reason);
        writer.VariableInteger(propertiesLength);
        var properties = new PropertyWriter(target[writer.Written..]);
        properties.Text(MqttProperty.ReasonString, reasonString);
    }

    static int ExplainedRemaining(string reasonString, out int propertiesLength)
    {
        var measured = new PropertyWriter([]);
        measured.Text(MqttProperty.ReasonString, reasonString);
        propertiesLength = measured.Length;
        return 3 + VariableInteger.Length(propertiesLength) + propertiesLength;
    }

    bool HasReason(MqttProtocolVersion version) => version == MqttProtocolVersion.V5 && Reason != MqttReasonCode.Success;
}
