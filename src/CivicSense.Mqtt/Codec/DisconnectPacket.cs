namespace CivicSense.Mqtt.Codec;

/// <summary>A DISCONNECT packet (MQTT 5.0 section 3.14), as a view on the bytes it came in.</summary>
ref struct DisconnectPacket
{
    public MqttReasonCode Reason { get; private set; }

    public MqttProperties Properties { get; private set; }

    /// <summary>Reads the body; one that is shorter than 1 byte means normal disconnection.</summary>
    /// <param name="body">The packet after its fixed header.</param>
    /// <param name="version">MQTT 3.1.1 knows the empty body only, and only from clients.</param>
    /// <param name="isFromClient">Who sent it: servers and clients may not say the same.</param>
    /// <param name="packet">Filled as far as the reading got.</param>
    /// <param name="limits">How many user properties are taken.</param>
    /// <returns>Success, or what is wrong with the packet.</returns>
    public static MqttReasonCode TryRead(
        ReadOnlySpan<byte> body, MqttProtocolVersion version, bool isFromClient, out DisconnectPacket packet,
        UserPropertyLimits? limits = null)
    {
        packet = new DisconnectPacket { Properties = MqttProperties.None };
        if (version != MqttProtocolVersion.V5)
            return body.IsEmpty && isFromClient ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;

        if (body.IsEmpty) return MqttReasonCode.Success;
        packet.Reason = (MqttReasonCode)body[0];
        bool isAllowed = isFromClient
            ? ReasonCodes.MayClientDisconnectWith(packet.Reason)
            : ReasonCodes.MayServerDisconnectWith(packet.Reason);
        if (!isAllowed) return MqttReasonCode.ProtocolError;
        if (body.Length == 1) return MqttReasonCode.Success;
        var reader = new PacketReader(body[1..]);
        ulong allowed = isFromClient ? AllowedProperties.OfDisconnectFromClient : AllowedProperties.OfDisconnectFromServer;
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, allowed, out MqttProperties properties, limits);
        if (reason != MqttReasonCode.Success) return reason;
        packet.Properties = properties;
        return reader.AtEnd ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
    }

    /// <summary>The same, for callers that need the two values only; the expiry is null without the property.</summary>
    public static MqttReasonCode TryRead(
        ReadOnlySpan<byte> body, MqttProtocolVersion version, ulong allowedProperties, out MqttReasonCode given, out uint? sessionExpiry)
    {
        bool isFromClient = allowedProperties == AllowedProperties.OfDisconnectFromClient;
        MqttReasonCode reason = TryRead(body, version, isFromClient, out DisconnectPacket packet);
        given = packet.Reason;
        sessionExpiry = packet.Properties.Has(MqttProperty.SessionExpiryInterval) ? packet.Properties.SessionExpiryInterval : null;
        return reason;
    }
}

/// <summary>Writes DISCONNECT packets of MQTT 5.0 that have properties, section 3.14.2.2. What is null is left out.</summary>
sealed record DisconnectEncoding(MqttReasonCode Reason)
{
    /// <summary>Seconds. A client's only ([MQTT-3.14.2-2]).</summary>
    public uint? SessionExpiryInterval { get; init; }

    /// <summary>For people.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Where else to go; a server's only.</summary>
    public string? ServerReference { get; init; }

    /// <summary>User properties, encoded.</summary>
    public byte[] UserProperties { get; init; } = [];

    /// <summary>The whole packet.</summary>
    public byte[] ToPacket()
    {
        var measured = new PropertyWriter([]);
        WriteProperties(ref measured);
        int remaining = 1 + VariableInteger.Length(measured.Length) + measured.Length;
        byte[] packet = new byte[1 + VariableInteger.Length(remaining) + remaining];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(MqttPacketType.Disconnect, 0, remaining);
        writer.Byte((byte)Reason);
        writer.VariableInteger(measured.Length);
        var properties = new PropertyWriter(packet.AsSpan(writer.Written));
        if (measured.Length > 0) WriteProperties(ref properties);
        return packet;
    }

    void WriteProperties(scoped ref PropertyWriter writer)
    {
        writer.UInt32(MqttProperty.SessionExpiryInterval, SessionExpiryInterval);
        writer.Text(MqttProperty.ReasonString, ReasonString);
        writer.Raw(UserProperties);
        writer.Text(MqttProperty.ServerReference, ServerReference);
    }
}
