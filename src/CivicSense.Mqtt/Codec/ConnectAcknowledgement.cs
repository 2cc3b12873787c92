namespace CivicSense.Mqtt.Codec;

/// <summary>A CONNACK packet (MQTT 5.0 section 3.2), as a view on the bytes it came in.</summary>
ref struct ConnectAcknowledgement
{
    public bool SessionPresent { get; private set; }

    /// <summary>Of an MQTT 3.1.1 server the reason code that its return code stands for.</summary>
    public MqttReasonCode Reason { get; private set; }

    /// <summary>The defaults of the specification where <see cref="HasProperties"/> is false.</summary>
    public MqttProperties Properties { get; private set; }

    /// <summary>Whether the server spoke MQTT 5.0.</summary>
    public bool HasProperties { get; private set; }

    /// <summary>Reads the body.</summary>
    /// <param name="body">The packet after its fixed header.</param>
    /// <param name="version">What was asked for in CONNECT. A server that refuses 5.0 may answer in the older format, without
    /// properties.</param>
    /// <param name="packet">Filled as far as the reading got.</param>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(ReadOnlySpan<byte> body, MqttProtocolVersion version, out ConnectAcknowledgement packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadByte(out byte code)) return MqttReasonCode.MalformedPacket;
        // [MQTT-3.2.2-1], [MQTT-3.2.2-6].
        if ((flags & 0xFE) != 0 || (flags == 1 && code != 0)) return MqttReasonCode.MalformedPacket;
        packet.SessionPresent = flags == 1;
        if (reader.AtEnd) return packet.ReadReturnCode(code, version);
        if (version != MqttProtocolVersion.V5) return MqttReasonCode.MalformedPacket;
        packet.Reason = (MqttReasonCode)code;
        if (!ReasonCodes.IsAllowed(MqttPacketType.ConnAck, packet.Reason)) return MqttReasonCode.ProtocolError;
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfConnAck, out MqttProperties properties);
        if (reason != MqttReasonCode.Success) return reason;
        packet.HasProperties = true;
        packet.Properties = properties;
        return reader.AtEnd ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
    }

    MqttReasonCode ReadReturnCode(byte code, MqttProtocolVersion version)
    {
        Reason = ReasonCodes.FromReturnCode(code);
        Properties = MqttProperties.None;
        // A server that accepts 5.0 says so in 5.0.
        bool isAnswer = code is > 0 and <= 5 || (code == 0 && version == MqttProtocolVersion.V311);
        return isAnswer ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
    }
}
