namespace CivicSense.Mqtt.Codec;

/// <summary>The properties of one packet. Values nobody here needs are checked and skipped.</summary>
ref struct MqttProperties
{
    ulong seen;
    int userProperties;
    int userPropertyBytes;
    int hopOffset;
    int hopLength;
    UserPropertyLimits limits;

    /// <summary>The bytes of the properties without their length.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>Where in <see cref="Raw"/> the four bytes of the Message Expiry Interval are; -1 without one.</summary>
    public int MessageExpiryOffset { get; private set; }

    public uint MessageExpiryInterval { get; private set; }

    public uint SessionExpiryInterval { get; private set; }

    public uint MaximumPacketSize { get; private set; }

    public ushort ReceiveMaximum { get; private set; }

    public ushort TopicAliasMaximum { get; private set; }

    public ushort ServerKeepAlive { get; private set; }

    public byte MaximumQualityOfService { get; private set; }

    /// <summary>Of a PUBLISH; 0 without one. A value of 0 that was sent is refused while reading.</summary>
    public ushort TopicAlias { get; private set; }

    /// <summary>The last Subscription Identifier; 0 without one.</summary>
    public int SubscriptionIdentifier { get; private set; }

    /// <summary>Seconds; 0 without one.</summary>
    public uint WillDelayInterval { get; private set; }

    /// <summary>Whether reason strings and user properties may be sent to this client on every packet; true without the property.</summary>
    public bool RequestProblemInformation { get; private set; }

    public bool RequestResponseInformation { get; private set; }

    public bool RetainAvailable { get; private set; }

    public bool WildcardSubscriptionAvailable { get; private set; }

    public bool SubscriptionIdentifierAvailable { get; private set; }

    public bool SharedSubscriptionAvailable { get; private set; }

    public ReadOnlySpan<byte> AssignedClientIdentifier { get; private set; }

    public ReadOnlySpan<byte> AuthenticationMethod { get; private set; }

    public ReadOnlySpan<byte> AuthenticationData { get; private set; }

    public ReadOnlySpan<byte> ContentType { get; private set; }

    public ReadOnlySpan<byte> CorrelationData { get; private set; }

    public ReadOnlySpan<byte> ReasonString { get; private set; }

    public ReadOnlySpan<byte> ResponseInformation { get; private set; }

    public ReadOnlySpan<byte> ResponseTopic { get; private set; }

    public ReadOnlySpan<byte> ServerReference { get; private set; }

    /// <summary>No property at all: the defaults of the specification.</summary>
    public static MqttProperties None => new()
    {
        MessageExpiryOffset = -1,
        ReceiveMaximum = ushort.MaxValue,
        MaximumPacketSize = uint.MaxValue,
        MaximumQualityOfService = 2,
        RequestProblemInformation = true,
        RetainAvailable = true,
        WildcardSubscriptionAvailable = true,
        SubscriptionIdentifierAvailable = true,
        SharedSubscriptionAvailable = true,
    };

    public readonly bool Has(MqttProperty property) => (seen & 1ul << (int)property) != 0;

    /// <summary>Reads a property length and the properties; MQTT 5.0 section 2.2.2.</summary>
    /// <returns>
    /// Success, Malformed Packet (unknown or misplaced identifier, wrong length), Protocol Error (repeated, or a value that is not
    /// allowed), Topic Alias Invalid (an alias of 0), or Quota Exceeded (too many user properties).
    /// </returns>
    public static MqttReasonCode TryRead(
        scoped ref PacketReader reader, ulong allowed, out MqttProperties properties, UserPropertyLimits? limits = null)
    {
        properties = default;
        if (!reader.TryReadVariableInteger(out int length) || !reader.TryTake(length, out ReadOnlySpan<byte> raw))
            return MqttReasonCode.MalformedPacket;

        MqttProperties read = None;
        read.Raw = raw;
        read.limits = limits ?? UserPropertyLimits.Default;
        var inner = new PacketReader(raw);
        while (!inner.AtEnd)
        {
            MqttReasonCode reason = read.ReadOne(ref inner, allowed);
            if (reason != MqttReasonCode.Success) return reason;
        }

        properties = read;
        return MqttReasonCode.Success;
    }

    /// <summary>
    /// What goes on to subscribers of a will or a PUBLISH: all but the Will Delay Interval and the Topic Alias, which only mean something
    /// on the connection they came by. No copy is made where neither is there.
    /// </summary>
    public readonly ReadOnlySpan<byte> GetForwarded(out int messageExpiryOffset)
    {
        messageExpiryOffset = MessageExpiryOffset > hopOffset ? MessageExpiryOffset - hopLength : MessageExpiryOffset;
        if (hopLength == 0) return Raw;
        return (byte[])[.. Raw[..hopOffset], .. Raw[(hopOffset + hopLength)..]];
    }

    MqttReasonCode ReadOne(scoped ref PacketReader reader, ulong allowed)
    {
        // Identifiers are variable byte integers, but all that exist take one byte.
        if (!reader.TryReadByte(out byte identifier) || identifier > 42 || (allowed & 1ul << identifier) == 0)
            return MqttReasonCode.MalformedPacket;

        var property = (MqttProperty)identifier;
        bool mayRepeat = property is MqttProperty.UserProperty
            || (property is MqttProperty.SubscriptionIdentifier && allowed == AllowedProperties.OfPublishFromServer);
        if (Has(property) && !mayRepeat) return MqttReasonCode.ProtocolError;
        seen |= 1ul << identifier;
        return ReadValue(property, ref reader);
    }

    MqttReasonCode ReadValue(MqttProperty property, scoped ref PacketReader reader) =>
        property switch
        {
            MqttProperty.UserProperty => ReadUserProperty(ref reader),
            MqttProperty.SubscriptionIdentifier => ReadSubscriptionIdentifier(ref reader),
            MqttProperty.MessageExpiryInterval or MqttProperty.SessionExpiryInterval or MqttProperty.WillDelayInterval
                or MqttProperty.MaximumPacketSize => ReadFourBytes(property, ref reader),
            MqttProperty.ServerKeepAlive or MqttProperty.ReceiveMaximum or MqttProperty.TopicAliasMaximum or MqttProperty.TopicAlias
                => ReadTwoBytes(property, ref reader),
            MqttProperty.CorrelationData or MqttProperty.AuthenticationData
                => ReadBinary(property, ref reader),
            MqttProperty.PayloadFormatIndicator or MqttProperty.RequestProblemInformation or MqttProperty.RequestResponseInformation
                or MqttProperty.MaximumQualityOfService or MqttProperty.RetainAvailable or MqttProperty.WildcardSubscriptionAvailable
                or MqttProperty.SubscriptionIdentifierAvailable or MqttProperty.SharedSubscriptionAvailable
                => ReadFlag(property, ref reader),
            _ => ReadString(property, ref reader),
        };

    MqttReasonCode ReadSubscriptionIdentifier(scoped ref PacketReader reader)
    {
        if (!reader.TryReadVariableInteger(out int value)) return MqttReasonCode.MalformedPacket;
        SubscriptionIdentifier = value;
        return value == 0 ? MqttReasonCode.ProtocolError : MqttReasonCode.Success;
    }

    MqttReasonCode ReadUserProperty(scoped ref PacketReader reader)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !reader.TryReadString(out ReadOnlySpan<byte> value))
            return MqttReasonCode.MalformedPacket;

        userProperties++;
        userPropertyBytes += name.Length + value.Length;
        return userProperties > limits.Count || userPropertyBytes > limits.Bytes
            ? MqttReasonCode.QuotaExceeded
            : MqttReasonCode.Success;
    }

    MqttReasonCode ReadFourBytes(MqttProperty property, scoped ref PacketReader reader)
    {
        int offset = Raw.Length - reader.Rest.Length;
        if (!reader.TryReadUInt32(out uint value)) return MqttReasonCode.MalformedPacket;
        switch (property)
        {
            case MqttProperty.MessageExpiryInterval:
                MessageExpiryOffset = offset;
                MessageExpiryInterval = value;
                break;
            case MqttProperty.WillDelayInterval:
                WillDelayInterval = value;
                (hopOffset, hopLength) = (offset - 1, 5);
                break;
            case MqttProperty.SessionExpiryInterval:
                SessionExpiryInterval = value;
                break;
            case MqttProperty.MaximumPacketSize:
                MaximumPacketSize = value;
                if (value == 0) return MqttReasonCode.ProtocolError;
                break;
        }

        return MqttReasonCode.Success;
    }

    MqttReasonCode ReadTwoBytes(MqttProperty property, scoped ref PacketReader reader)
    {
        int offset = Raw.Length - reader.Rest.Length;
        if (!reader.TryReadUInt16(out ushort value)) return MqttReasonCode.MalformedPacket;
        switch (property)
        {
            case MqttProperty.ReceiveMaximum:
                ReceiveMaximum = value;
                if (value == 0) return MqttReasonCode.ProtocolError;
                break;
            case MqttProperty.TopicAliasMaximum:
                TopicAliasMaximum = value;
                break;
            case MqttProperty.TopicAlias:
                TopicAlias = value;
                (hopOffset, hopLength) = (offset - 1, 3);
                // [MQTT-3.3.2-8].
                if (value == 0) return MqttReasonCode.TopicAliasInvalid;
                break;
            case MqttProperty.ServerKeepAlive:
                ServerKeepAlive = value;
                break;
        }

        return MqttReasonCode.Success;
    }

    MqttReasonCode ReadFlag(MqttProperty property, scoped ref PacketReader reader)
    {
        if (!reader.TryReadByte(out byte value)) return MqttReasonCode.MalformedPacket;
        bool isSet = value == 1;
        switch (property)
        {
            case MqttProperty.MaximumQualityOfService:
                MaximumQualityOfService = value;
                break;
            case MqttProperty.RequestProblemInformation:
                RequestProblemInformation = isSet;
                break;
            case MqttProperty.RequestResponseInformation:
                RequestResponseInformation = isSet;
                break;
            case MqttProperty.RetainAvailable:
                RetainAvailable = isSet;
                break;
            case MqttProperty.WildcardSubscriptionAvailable:
                WildcardSubscriptionAvailable = isSet;
                break;
            case MqttProperty.SubscriptionIdentifierAvailable:
                SubscriptionIdentifierAvailable = isSet;
                break;
            case MqttProperty.SharedSubscriptionAvailable:
                SharedSubscriptionAvailable = isSet;
                break;
        }

        return value > 1 ? MqttReasonCode.ProtocolError : MqttReasonCode.Success;
    }

    MqttReasonCode ReadBinary(MqttProperty property, scoped ref PacketReader reader)
    {
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> value)) return MqttReasonCode.MalformedPacket;
        if (property == MqttProperty.CorrelationData) CorrelationData = value;
        else AuthenticationData = value;
        return MqttReasonCode.Success;
    }

    MqttReasonCode ReadString(MqttProperty property, scoped ref PacketReader reader)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> value)) return MqttReasonCode.MalformedPacket;
        switch (property)
        {
            case MqttProperty.AssignedClientIdentifier:
                AssignedClientIdentifier = value;
                break;
            case MqttProperty.AuthenticationMethod:
                AuthenticationMethod = value;
                break;
            case MqttProperty.ContentType:
                ContentType = value;
                break;
            case MqttProperty.ReasonString:
                ReasonString = value;
                break;
            case MqttProperty.ResponseInformation:
                ResponseInformation = value;
                break;
            case MqttProperty.ServerReference:
                ServerReference = value;
                break;
            case MqttProperty.ResponseTopic:
                ResponseTopic = value;
                // [MQTT-3.3.2-14]: a response topic has no wildcards; it is a topic name, so it is not empty either.
                if (!MqttText.IsTopicName(value)) return MqttReasonCode.ProtocolError;
                break;
        }

        return MqttReasonCode.Success;
    }
}
