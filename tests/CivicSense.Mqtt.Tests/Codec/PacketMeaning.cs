using System.Globalization;
using System.Text;
using CivicSense.Mqtt.Codec;
using static CivicSense.Mqtt.Tests.Codec.PacketBuilder;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>What a packet says, as text, and the packet that the encoders write for it.</summary>
/// <param name="Text">All that the reader found, in a form that can be compared.</param>
/// <param name="Again">The packet written again from what was read.</param>
sealed record PacketMeaning(string Text, byte[] Again)
{
    /// <summary>Reads one packet; null if it is refused or is not exactly one packet.</summary>
    public static PacketMeaning? Of(ReadOnlySpan<byte> packet, MqttProtocolVersion version, bool isFromClient)
    {
        if (FrameScanner.TryReadHeader(packet, out MqttFixedHeader header) != MqttReadStatus.Done || header.TotalLength != packet.Length)
            return null;
        ReadOnlySpan<byte> body = packet[header.HeaderLength..];
        return header.Type switch
        {
            MqttPacketType.Connect => isFromClient ? OfConnect(body) : null,
            MqttPacketType.ConnAck => isFromClient ? null : OfConnAck(body, version),
            MqttPacketType.Publish => OfPublish(header, body, version, isFromClient),
            MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp =>
                OfAcknowledgement(header.Type, body, version),
            MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => isFromClient ? OfSubscribe(header.Type, body, version) : null,
            MqttPacketType.SubAck or MqttPacketType.UnsubAck => isFromClient ? null : OfSubAck(header.Type, body, version),
            MqttPacketType.Disconnect => OfDisconnect(body, version, isFromClient),
            MqttPacketType.Auth => version == MqttProtocolVersion.V5 ? OfAuth(body) : null,
            _ => body.IsEmpty ? new PacketMeaning(header.Type.ToString(), packet.ToArray()) : null,
        };
    }

    static PacketMeaning? OfConnect(ReadOnlySpan<byte> body)
    {
        if (ConnectPacket.TryRead(body, out ConnectPacket packet) != MqttReasonCode.Success) return null;
        MqttWill? will = packet.Will;
        string text = Line(
            packet.ProtocolLevel, packet.ClientId, packet.UserName, Hex(packet.Password), packet.CleanStart, packet.KeepAlive,
            packet.SessionExpiryInterval, packet.MaximumPacketSize, packet.ReceiveMaximum, packet.TopicAliasMaximum,
            packet.RequestProblemInformation, packet.RequestResponseInformation, will is null ? "" : Line(
                Hex(will.Topic), Hex(will.Payload), will.QualityOfService, will.Retain, Hex(will.Properties), will.MessageExpiryOffset,
                will.MessageExpiryInterval, will.DelayInterval));
        bool hasPassword = packet.HasPassword;
        int flags = (packet.CleanStart ? 2 : 0) | (packet.UserName is null ? 0 : 0x80) | (hasPassword ? 0x40 : 0)
            | (will is null ? 0 : 4 | will.QualityOfService << 3 | (will.Retain ? 0x20 : 0));
        bool isNew = packet.ProtocolLevel == 5;
        byte[] properties = Properties(
            Property(MqttProperty.SessionExpiryInterval, UInt32(packet.SessionExpiryInterval)),
            Property(MqttProperty.MaximumPacketSize, UInt32(packet.MaximumPacketSize)),
            Property(MqttProperty.ReceiveMaximum, UInt16(packet.ReceiveMaximum)),
            Property(MqttProperty.TopicAliasMaximum, UInt16(packet.TopicAliasMaximum)),
            Property(MqttProperty.RequestProblemInformation, (byte)(packet.RequestProblemInformation ? 1 : 0)),
            Property(MqttProperty.RequestResponseInformation, (byte)(packet.RequestResponseInformation ? 1 : 0)));
        byte[] willProperties = will is null
            ? []
            : Properties(Property(MqttProperty.WillDelayInterval, UInt32(will.DelayInterval)), will.Properties);
        return new PacketMeaning(text, Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [packet.ProtocolLevel, (byte)flags], UInt16(packet.KeepAlive),
            isNew ? properties : [], PacketBuilder.Text(packet.ClientId),
            will is null ? [] : [.. isNew ? willProperties : [], .. Binary(will.Topic), .. Binary(will.Payload)],
            packet.UserName is null ? [] : PacketBuilder.Text(packet.UserName), hasPassword ? Binary(packet.Password) : []));
    }

    static PacketMeaning? OfConnAck(ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        if (ConnectAcknowledgement.TryRead(body, version, out ConnectAcknowledgement packet) != MqttReasonCode.Success) return null;
        MqttProperties properties = packet.Properties;
        ConnAckEncoding encoding = new()
        {
            Version = packet.HasProperties ? MqttProtocolVersion.V5 : MqttProtocolVersion.V311,
            Reason = packet.Reason,
            SessionPresent = packet.SessionPresent,
            SessionExpiryInterval = properties.Has(MqttProperty.SessionExpiryInterval) ? properties.SessionExpiryInterval : null,
            ReceiveMaximum = properties.Has(MqttProperty.ReceiveMaximum) ? properties.ReceiveMaximum : null,
            MaximumQualityOfService = properties.Has(MqttProperty.MaximumQualityOfService) ? properties.MaximumQualityOfService : null,
            RetainAvailable = properties.Has(MqttProperty.RetainAvailable) ? properties.RetainAvailable : null,
            MaximumPacketSize = properties.Has(MqttProperty.MaximumPacketSize) ? properties.MaximumPacketSize : null,
            AssignedClientIdentifier = String(properties, MqttProperty.AssignedClientIdentifier, properties.AssignedClientIdentifier),
            TopicAliasMaximum = properties.Has(MqttProperty.TopicAliasMaximum) ? properties.TopicAliasMaximum : null,
            ReasonString = String(properties, MqttProperty.ReasonString, properties.ReasonString),
            WildcardSubscriptionAvailable = properties.Has(MqttProperty.WildcardSubscriptionAvailable)
                ? properties.WildcardSubscriptionAvailable
                : null,
            SubscriptionIdentifierAvailable = properties.Has(MqttProperty.SubscriptionIdentifierAvailable)
                ? properties.SubscriptionIdentifierAvailable
                : null,
            SharedSubscriptionAvailable = properties.Has(MqttProperty.SharedSubscriptionAvailable)
                ? properties.SharedSubscriptionAvailable
                : null,
            ServerKeepAlive = properties.Has(MqttProperty.ServerKeepAlive) ? properties.ServerKeepAlive : null,
            ResponseInformation = String(properties, MqttProperty.ResponseInformation, properties.ResponseInformation),
            ServerReference = String(properties, MqttProperty.ServerReference, properties.ServerReference),
            AuthenticationMethod = String(properties, MqttProperty.AuthenticationMethod, properties.AuthenticationMethod),
            AuthenticationData = properties.Has(MqttProperty.AuthenticationData) ? properties.AuthenticationData.ToArray() : null,
        };
        string text = (encoding with { AuthenticationData = null, UserProperties = [] }).ToString()
            .Replace("System.Byte[]", "", StringComparison.Ordinal) + Hex(properties.AuthenticationData);
        return new PacketMeaning(text, encoding.ToPacket());
    }

    static PacketMeaning? OfPublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, MqttProtocolVersion version, bool isFromClient)
    {
        ulong allowed = isFromClient ? AllowedProperties.OfPublishFromClient : AllowedProperties.OfPublishFromServer;
        if (PublishPacket.TryRead(header, body, version, allowed, out PublishPacket packet) != MqttReasonCode.Success) return null;
        var encoding = new PublishEncoding
        {
            Version = version,
            Topic = packet.Topic,
            Payload = packet.Payload,
            Properties = packet.Properties.Raw,
            QualityOfService = header.QualityOfService,
            PacketIdentifier = packet.PacketIdentifier,
            Retain = header.Retain,
            Duplicate = header.Duplicate,
        };
        byte[] again = new byte[encoding.Length];
        encoding.Write(again);
        // Nothing of a PUBLISH is lost, so the bytes themselves are what it says.
        return new PacketMeaning(Hex([header.FirstByte, .. body]), again);
    }

    static PacketMeaning? OfAcknowledgement(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        if (AcknowledgementPacket.TryRead(type, body, version, out AcknowledgementPacket packet) != MqttReasonCode.Success) return null;
        byte[] again = new byte[packet.Length(version)];
        packet.Write(again, type, version);
        return new PacketMeaning(Line(type, packet), again);
    }

    static PacketMeaning? OfSubscribe(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        bool isUnsubscribe = type == MqttPacketType.Unsubscribe;
        if (SubscribePacket.TryRead(body, version, isUnsubscribe, out SubscribePacket packet) != MqttReasonCode.Success) return null;
        byte[] properties = version == MqttProtocolVersion.V311 ? []
            : packet.HasSubscriptionIdentifier
                ? Properties(Property(MqttProperty.SubscriptionIdentifier, VariableByteInteger(packet.SubscriptionIdentifier)))
            : [0];
        byte[] filters = Join(
            packet.Requests.Select(request => (byte[])[.. Binary(request.Filter), .. isUnsubscribe ? (byte[])[] : [Options(request)]]));
        string requests = string.Join(' ', packet.Requests.Select(request => Line(Hex(request.Filter), request with { Filter = [] })));
        return new PacketMeaning(
            Line(type, packet.PacketIdentifier, packet.SubscriptionIdentifier, requests),
            Packet(type, 2, UInt16(packet.PacketIdentifier), properties, filters));
    }

    static byte Options(SubscriptionRequest request) =>
        (byte)(request.QualityOfService | (request.NoLocal ? 4 : 0) | (request.RetainAsPublished ? 8 : 0) | request.RetainHandling << 4);

    static PacketMeaning? OfSubAck(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        if (SubAckPacket.TryRead(type, body, version, out SubAckPacket packet) != MqttReasonCode.Success) return null;
        string? reason = String(packet.Properties, MqttProperty.ReasonString, packet.Properties.ReasonString);
        var encoding = new SubAckEncoding
        {
            Type = type, Version = version, PacketIdentifier = packet.PacketIdentifier, Codes = packet.Codes, ReasonString = reason,
        };
        byte[] again = new byte[encoding.Length];
        encoding.Write(again);
        return new PacketMeaning(Line(type, packet.PacketIdentifier, Hex(packet.Codes), reason), again);
    }

    static PacketMeaning? OfDisconnect(ReadOnlySpan<byte> body, MqttProtocolVersion version, bool isFromClient)
    {
        if (DisconnectPacket.TryRead(body, version, isFromClient, out DisconnectPacket packet) != MqttReasonCode.Success) return null;
        MqttProperties properties = packet.Properties;
        var encoding = new DisconnectEncoding(packet.Reason)
        {
            SessionExpiryInterval = properties.Has(MqttProperty.SessionExpiryInterval) ? properties.SessionExpiryInterval : null,
            ReasonString = String(properties, MqttProperty.ReasonString, properties.ReasonString),
            ServerReference = String(properties, MqttProperty.ServerReference, properties.ServerReference),
        };
        byte[] again = version == MqttProtocolVersion.V5 ? encoding.ToPacket() : [0xE0, 0];
        return new PacketMeaning(encoding.ToString().Replace("System.Byte[]", "", StringComparison.Ordinal), again);
    }

    static PacketMeaning? OfAuth(ReadOnlySpan<byte> body)
    {
        if (AuthPacket.TryRead(body, out AuthPacket packet) != MqttReasonCode.Success) return null;
        // Nothing here writes AUTH: enhanced authentication is not offered.
        return new PacketMeaning(
            Line(packet.Reason, Hex(packet.Properties.AuthenticationMethod), Hex(packet.Properties.AuthenticationData)),
            Frame(0xF0, body.ToArray()));
    }

    static string? String(in MqttProperties properties, MqttProperty property, ReadOnlySpan<byte> value) =>
        properties.Has(property) ? Encoding.UTF8.GetString(value) : null;

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    static string Line(params object?[] values) =>
        string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
