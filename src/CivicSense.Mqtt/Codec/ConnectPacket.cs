using System.Text;

namespace CivicSense.Mqtt.Codec;

/// <summary>The message a server publishes when a client is gone, MQTT 5.0 section 3.1.2.5.</summary>
sealed record MqttWill(byte[] Topic, byte[] Payload, byte QualityOfService, bool Retain)
{
    /// <summary>Encoded properties for subscribers, without their length.</summary>
    public byte[] Properties { get; init; } = [];

    /// <summary>Where in <see cref="Properties"/> the Message Expiry Interval is, or -1.</summary>
    public int MessageExpiryOffset { get; init; } = -1;

    public uint MessageExpiryInterval { get; init; }

    /// <summary>Seconds between the end of the connection and the publication, section 3.1.3.2.2.</summary>
    public uint DelayInterval { get; init; }
}

/// <summary>A CONNECT packet, MQTT 5.0 section 3.1 and MQTT 3.1.1 section 3.1.</summary>
sealed class ConnectPacket
{
    /// <summary>The protocol level byte; 0 if the packet did not get that far.</summary>
    public byte ProtocolLevel { get; private set; }

    public string ClientId { get; private set; } = "";

    public string? UserName { get; private set; }

    public byte[] Password { get; private set; } = [];

    /// <summary>Whether there was one: a password may be empty.</summary>
    public bool HasPassword { get; private set; }

    public bool CleanStart { get; private set; }

    /// <summary>Seconds; 0 is none.</summary>
    public ushort KeepAlive { get; private set; }

    public MqttWill? Will { get; private set; }

    public uint SessionExpiryInterval { get; private set; }

    public uint MaximumPacketSize { get; private set; } = uint.MaxValue;

    /// <summary>How many QoS 1 and 2 messages the client takes before it has acknowledged the first.</summary>
    public ushort ReceiveMaximum { get; private set; } = ushort.MaxValue;

    /// <summary>The highest topic alias that may be sent to the client; 0 is none.</summary>
    public ushort TopicAliasMaximum { get; private set; }

    /// <summary>
    /// Whether the client wants reason strings and user properties on packets other than CONNACK, DISCONNECT and PUBLISH.
    /// </summary>
    public bool RequestProblemInformation { get; private set; } = true;

    public bool RequestResponseInformation { get; private set; }

    /// <summary>Reads the body. The packet is filled as far as the reading got, so that the answer can be in the right version.</summary>
    public static MqttReasonCode TryRead(ReadOnlySpan<byte> body, out ConnectPacket packet, UserPropertyLimits? limits = null)
    {
        packet = new ConnectPacket();
        return packet.Read(new PacketReader(body), limits);
    }

    MqttReasonCode Read(PacketReader reader, UserPropertyLimits? limits)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !reader.TryReadByte(out byte level))
            return MqttReasonCode.MalformedPacket;
        bool isOldName = name.SequenceEqual("MQIsdp"u8);
        if (!isOldName && !name.SequenceEqual("MQTT"u8)) return MqttReasonCode.MalformedPacket;
        ProtocolLevel = level;
        if (isOldName || level is not ((byte)MqttProtocolVersion.V311 or (byte)MqttProtocolVersion.V5))
            return MqttReasonCode.UnsupportedProtocolVersion;

        if (!reader.TryReadByte(out byte flags) || !reader.TryReadUInt16(out ushort keepAlive)) return MqttReasonCode.MalformedPacket;
        if (!AreValidFlags(flags)) return MqttReasonCode.MalformedPacket;
        (CleanStart, KeepAlive) = ((flags & 2) != 0, keepAlive);

        MqttReasonCode reason = ReadProperties(ref reader, limits);
        if (reason != MqttReasonCode.Success) return reason;
        if (!reader.TryReadString(out ReadOnlySpan<byte> clientId)) return MqttReasonCode.MalformedPacket;
        ClientId = Encoding.UTF8.GetString(clientId);
        if ((flags & 4) != 0 && (reason = ReadWill(ref reader, flags, limits)) != MqttReasonCode.Success) return reason;
        if (!ReadCredentials(ref reader, flags) || !reader.AtEnd) return MqttReasonCode.MalformedPacket;
        // [MQTT-3.1.3-8] of MQTT 3.1.1: without an identifier there is nothing a session could be kept under.
        return level == (byte)MqttProtocolVersion.V311 && clientId.IsEmpty && !CleanStart
            ? MqttReasonCode.ClientIdentifierNotValid
            : MqttReasonCode.Success;
    }

    // MQTT 5.0 section 3.1.2.3 and on; a password without a user name is allowed in 5.0 only ([MQTT-3.1.2-22] of MQTT 3.1.1).
    bool AreValidFlags(byte flags)
    {
        bool isReservedClear = (flags & 1) == 0;
        int willBits = flags & 0x38;
        bool isWillConsistent = (flags & 4) != 0 ? (willBits & 0x18) != 0x18 : willBits == 0;
        bool isPasswordConsistent = ProtocolLevel == (byte)MqttProtocolVersion.V5 || (flags & 0xC0) != 0x40;
        return isReservedClear && isWillConsistent && isPasswordConsistent;
    }

    MqttReasonCode ReadProperties(scoped ref PacketReader reader, UserPropertyLimits? limits)
    {
        if (ProtocolLevel != (byte)MqttProtocolVersion.V5) return MqttReasonCode.Success;
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfConnect, out MqttProperties properties, limits);
        if (reason != MqttReasonCode.Success) return reason;
        SessionExpiryInterval = properties.SessionExpiryInterval;
        MaximumPacketSize = properties.MaximumPacketSize;
        ReceiveMaximum = properties.ReceiveMaximum;
        TopicAliasMaximum = properties.TopicAliasMaximum;
        RequestProblemInformation = properties.RequestProblemInformation;
        RequestResponseInformation = properties.RequestResponseInformation;
        if (properties.Has(MqttProperty.AuthenticationMethod)) return MqttReasonCode.BadAuthenticationMethod;
        return properties.Has(MqttProperty.AuthenticationData) ? MqttReasonCode.ProtocolError : MqttReasonCode.Success;
    }

    MqttReasonCode ReadWill(scoped ref PacketReader reader, byte flags, UserPropertyLimits? limits)
    {
        byte[] raw = [];
        int expiryOffset = -1;
        (uint expiry, uint delay) = (0, 0);
        if (ProtocolLevel == (byte)MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfWill, out MqttProperties properties, limits);
            if (reason != MqttReasonCode.Success) return reason;
            raw = properties.GetForwarded(out expiryOffset).ToArray();
            (expiry, delay) = (properties.MessageExpiryInterval, properties.WillDelayInterval);
        }

        if (!reader.TryReadString(out ReadOnlySpan<byte> topic) || !reader.TryReadBinary(out ReadOnlySpan<byte> payload))
            return MqttReasonCode.MalformedPacket;

        // "$" topics belong to the server, and a will is the way by which they have been forged elsewhere.
        if (!MqttText.IsTopicName(topic) || topic[0] == '$') return MqttReasonCode.TopicNameInvalid;
        byte qualityOfService = (byte)((flags >> 3) & 3);
        Will = new MqttWill(topic.ToArray(), payload.ToArray(), qualityOfService, (flags & 0x20) != 0)
        {
            Properties = raw,
            MessageExpiryOffset = expiryOffset,
            MessageExpiryInterval = expiry,
            DelayInterval = delay,
        };
        return MqttReasonCode.Success;
    }

    bool ReadCredentials(scoped ref PacketReader reader, byte flags)
    {
        if ((flags & 0x80) != 0)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> userName)) return false;
            UserName = Encoding.UTF8.GetString(userName);
        }

        if ((flags & 0x40) != 0)
        {
            if (!reader.TryReadBinary(out ReadOnlySpan<byte> password)) return false;
            (HasPassword, Password) = (true, password.ToArray());
        }

        return true;
    }
}
