namespace CivicSense.Mqtt.Codec;

/// <summary>Writes CONNACK packets, MQTT 5.0 section 3.2. A property that is null is left out; MQTT 3.1.1 has none.</summary>
sealed record ConnAckEncoding
{
    public required MqttProtocolVersion Version { get; init; }

    public required MqttReasonCode Reason { get; init; }

    /// <summary>Only written with Success ([MQTT-3.2.2-6]).</summary>
    public bool SessionPresent { get; init; }

    public uint? SessionExpiryInterval { get; init; }

    public ushort? ReceiveMaximum { get; init; }

    /// <summary>0 or 1; QoS 2 is the value without the property.</summary>
    public byte? MaximumQualityOfService { get; init; }

    public bool? RetainAvailable { get; init; }

    public uint? MaximumPacketSize { get; init; }

    public string? AssignedClientIdentifier { get; init; }

    public ushort? TopicAliasMaximum { get; init; }

    public string? ReasonString { get; init; }

    /// <summary>User properties, encoded.</summary>
    public byte[] UserProperties { get; init; } = [];

    public bool? WildcardSubscriptionAvailable { get; init; }

    public bool? SubscriptionIdentifierAvailable { get; init; }

    public bool? SharedSubscriptionAvailable { get; init; }

    public ushort? ServerKeepAlive { get; init; }

    public string? ResponseInformation { get; init; }

    public string? ServerReference { get; init; }

    public string? AuthenticationMethod { get; init; }

    public byte[]? AuthenticationData { get; init; }

    /// <summary>The whole packet.</summary>
    public byte[] ToPacket()
    {
        byte acknowledgeFlags = SessionPresent && Reason == MqttReasonCode.Success ? (byte)1 : (byte)0;
        if (Version == MqttProtocolVersion.V311)
            return [(byte)MqttPacketType.ConnAck << 4, 2, acknowledgeFlags, ReasonCodes.ToReturnCode(Reason)];

        var measured = new PropertyWriter([]);
        WriteProperties(ref measured);
        int remaining = 2 + VariableInteger.Length(measured.Length) + measured.Length;
        byte[] packet = new byte[1 + VariableInteger.Length(remaining) + remaining];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(MqttPacketType.ConnAck, 0, remaining);
        writer.Byte(acknowledgeFlags);
        writer.Byte((byte)Reason);
        writer.VariableInteger(measured.Length);
        var properties = new PropertyWriter(packet.AsSpan(writer.Written));
        if (measured.Length > 0) WriteProperties(ref properties);
        return packet;
    }

    void WriteProperties(scoped ref PropertyWriter writer)
    {
        writer.UInt16(MqttProperty.ReceiveMaximum, ReceiveMaximum);
        writer.Flag(MqttProperty.MaximumQualityOfService, MaximumQualityOfService is { } quality ? quality == 1 : null);
        writer.Flag(MqttProperty.RetainAvailable, RetainAvailable);
        writer.UInt32(MqttProperty.MaximumPacketSize, MaximumPacketSize);
        writer.UInt16(MqttProperty.TopicAliasMaximum, TopicAliasMaximum);
        writer.UInt32(MqttProperty.SessionExpiryInterval, SessionExpiryInterval);
        writer.UInt16(MqttProperty.ServerKeepAlive, ServerKeepAlive);
        writer.Text(MqttProperty.AssignedClientIdentifier, AssignedClientIdentifier);
        writer.Text(MqttProperty.ReasonString, ReasonString);
        writer.Raw(UserProperties);
        writer.Flag(MqttProperty.WildcardSubscriptionAvailable, WildcardSubscriptionAvailable);
        writer.Flag(MqttProperty.SubscriptionIdentifierAvailable, SubscriptionIdentifierAvailable);
        writer.Flag(MqttProperty.SharedSubscriptionAvailable, SharedSubscriptionAvailable);
        writer.Text(MqttProperty.ResponseInformation, ResponseInformation);
        writer.Text(MqttProperty.ServerReference, ServerReference);
        writer.Text(MqttProperty.AuthenticationMethod, AuthenticationMethod);
        writer.Binary(MqttProperty.AuthenticationData, AuthenticationData);
    }
}
