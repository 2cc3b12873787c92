namespace CivicSense.Mqtt.Codec;

/// <summary>An AUTH packet (MQTT 5.0 section 3.15), as a view on the bytes it came in.</summary>
ref struct AuthPacket
{
    public MqttReasonCode Reason { get; private set; }

    public MqttProperties Properties { get; private set; }

    /// <summary>Reads the body; an empty one means Success without properties (section 3.15.2.1).</summary>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(ReadOnlySpan<byte> body, out AuthPacket packet, UserPropertyLimits? limits = null)
    {
        packet = new AuthPacket { Properties = MqttProperties.None };
        if (body.IsEmpty) return MqttReasonCode.Success;
        var reader = new PacketReader(body);
        reader.TryReadByte(out byte given);
        packet.Reason = (MqttReasonCode)given;
        if (!ReasonCodes.IsAllowed(MqttPacketType.Auth, packet.Reason)) return MqttReasonCode.ProtocolError;
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfAuth, out MqttProperties properties, limits);
        if (reason != MqttReasonCode.Success) return reason;
        packet.Properties = properties;
        if (!reader.AtEnd) return MqttReasonCode.MalformedPacket;
        // Section 3.15.2.2.2: without its method an authentication exchange cannot be told from another.
        return properties.Has(MqttProperty.AuthenticationMethod) ? MqttReasonCode.Success : MqttReasonCode.ProtocolError;
    }
}
