namespace CivicSense.Mqtt.Codec;

/// <summary>Writes SUBACK and UNSUBACK packets, MQTT 5.0 sections 3.9 and 3.11.</summary>
readonly ref struct SubAckEncoding
{
    /// <summary>SUBACK or UNSUBACK.</summary>
    public required MqttPacketType Type { get; init; }

    public required MqttProtocolVersion Version { get; init; }

    public required ushort PacketIdentifier { get; init; }

    /// <summary>
    /// One reason code for each filter, in their order. In MQTT 3.1.1 every refusal is written as 0x80 ([MQTT-3.9.3-2] there), and an
    /// UNSUBACK has no codes.
    /// </summary>
    public required ReadOnlySpan<byte> Codes { get; init; }

    /// <summary>For people; null leaves it out. Not for a client that has set Request Problem Information to 0.</summary>
    public string? ReasonString { get; init; }

    int PropertiesLength
    {
        get
        {
            var measured = new PropertyWriter([]);
            measured.Text(MqttProperty.ReasonString, ReasonString);
            return measured.Length;
        }
    }

    int RemainingLength
    {
        get
        {
            if (Version == MqttProtocolVersion.V311) return 2 + (Type == MqttPacketType.SubAck ? Codes.Length : 0);
            int properties = PropertiesLength;
            return 2 + VariableInteger.Length(properties) + properties + Codes.Length;
        }
    }

    /// <summary>The size of the whole packet in bytes.</summary>
    public int Length
    {
        get
        {
            int remaining = RemainingLength;
            return 1 + VariableInteger.Length(remaining) + remaining;
        }
    }

    /// <summary>Writes the packet into exactly <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        var writer = new PacketWriter(target);
        writer.FixedHeader(Type, 0, RemainingLength);
        writer.UInt16(PacketIdentifier);
        if (Version == MqttProtocolVersion.V311)
        {
            if (Type != MqttPacketType.SubAck) return;
            foreach (byte code in Codes) writer.Byte(code < 0x80 ? code : (byte)0x80);
            return;
        }

        writer.VariableInteger(PropertiesLength);
        if (ReasonString is not null)
        {
            writer.Byte((byte)MqttProperty.ReasonString);
            writer.String(ReasonString);
        }

        writer.Raw(Codes);
    }
}
