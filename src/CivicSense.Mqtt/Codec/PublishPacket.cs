namespace CivicSense.Mqtt.Codec;

/// <summary>A PUBLISH packet (MQTT 5.0 section 3.3), as a view on the bytes it came in.</summary>
ref struct PublishPacket
{
    public ReadOnlySpan<byte> Topic { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>0 at QoS 0.</summary>
    public ushort PacketIdentifier { get; private set; }

    public MqttProperties Properties { get; private set; }

    /// <summary>
    /// Reads everything but the payload's meaning. The topic is only cut out: it may be one the caller has checked before
    /// (<see cref="MqttText.IsTopicName"/>).
    /// </summary>
    public static MqttReasonCode TryRead(
        in MqttFixedHeader header, ReadOnlySpan<byte> body, MqttProtocolVersion version, ulong allowedProperties, out PublishPacket packet,
        UserPropertyLimits? limits = null)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> topic)) return MqttReasonCode.MalformedPacket;
        packet.Topic = topic;
        if (header.QualityOfService > 0)
        {
            if (!reader.TryReadUInt16(out ushort identifier)) return MqttReasonCode.MalformedPacket;
            if (identifier == 0) return MqttReasonCode.ProtocolError;
            packet.PacketIdentifier = identifier;
        }

        if (version == MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.TryRead(ref reader, allowedProperties, out MqttProperties properties, limits);
            if (reason != MqttReasonCode.Success) return reason;
            packet.Properties = properties;
        }

        packet.Payload = reader.Rest;
        return MqttReasonCode.Success;
    }

    /// <summary>How many bytes of a body lie before the payload, for a body that has not arrived completely.</summary>
    public static MqttReadStatus TryMeasure(
        in MqttFixedHeader header, ReadOnlySpan<byte> start, MqttProtocolVersion version, out int beforePayload)
    {
        beforePayload = 0;
        if (start.Length < 2) return MqttReadStatus.NeedMoreData;
        int length = 2 + (start[0] << 8 | start[1]) + (header.QualityOfService > 0 ? 2 : 0);
        if (version == MqttProtocolVersion.V5)
        {
            if (start.Length < length) return MqttReadStatus.NeedMoreData;
            MqttReadStatus status = VariableInteger.TryRead(start[length..], out int properties, out int bytes);
            if (status != MqttReadStatus.Done) return status;
            length += bytes + properties;
        }

        beforePayload = length;
        return length > header.RemainingLength ? MqttReadStatus.Invalid : MqttReadStatus.Done;
    }
}
