using System.Diagnostics;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// Does what each packet of a connected client asks for. Answers Success or the reason for which the connection has to end.
/// </summary>
sealed class PacketProcessor(MqttConnection connection, AcknowledgementQueue acknowledgements)
{
    /// <summary>Topics up to this length are remembered; a sensor repeats its topic.</summary>
    const int RememberedTopicLength = 256;

    readonly IMqttSession session = connection.Session!;
    readonly MqttListener listener = connection.Listener;
    readonly MqttProtocolVersion version = connection.Version;
    byte[] lastTopic = [];
    int received;
    int omitted;

    /// <summary>Adds the batch to the listener's totals: one interlocked operation a batch instead of one a message.</summary>
    public void ReportCounts()
    {
        if (received == 0) return;
        listener.Statistics.CountReceived(received, omitted);
        (received, omitted) = (0, 0);
    }

    /// <summary>PUBLISH, MQTT 5.0 section 3.3. Allocates nothing when the application consumes the message.</summary>
    /// <param name="header">The fixed header; <see cref="HasRoomFor"/> has been asked about it.</param>
    /// <param name="body">The packet after the fixed header; without payload if that was skipped.</param>
    /// <param name="omittedPayloadLength">How long the skipped payload was; null if it is there.</param>
    public MqttReasonCode HandlePublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, int? omittedPayloadLength)
    {
        if (header.QualityOfService == 2) return MqttReasonCode.QualityOfServiceNotSupported;
        MqttReasonCode reason = PublishPacket.TryRead(header, body, version, MqttProperties.OfPublishFromClient, out PublishPacket packet);
        if (reason != MqttReasonCode.Success) return reason;
        if (version == MqttProtocolVersion.V5 && packet.Properties.Has(MqttProperty.TopicAlias)) return MqttReasonCode.TopicAliasInvalid;
        if (!IsTopicName(packet.Topic)) return ExplainTopic(packet.Topic);

        int payloadLength = omittedPayloadLength ?? packet.Payload.Length;
        received++;
        if (omittedPayloadLength is not null) omitted++;
        MqttPublishDecision decision = session.Publish(new MqttIncomingMessage
        {
            Topic = packet.Topic,
            Payload = packet.Payload,
            PayloadLength = payloadLength,
            QualityOfService = header.QualityOfService,
            Retain = header.Retain,
            Duplicate = header.Duplicate,
        });
        MqttReasonCode outcome = decision.Reason;
        if ((byte)outcome < 0x80 && decision.Delivery == MqttDelivery.Route && omittedPayloadLength is null)
        {
            MqttReasonCode routed = Route(header, packet);
            if (outcome == MqttReasonCode.Success) outcome = routed;
        }

        if (header.QualityOfService == 0) return MqttReasonCode.Success;
        bool isAdded = acknowledgements.TryAdd(MqttPacketType.PubAck, packet.PacketIdentifier, outcome, decision.Ticket);
        Debug.Assert(isAdded, "The caller has asked HasRoomFor.");
        return MqttReasonCode.Success;
    }

    /// <summary>
    /// Whether this PUBLISH may be handed over: there is room for its acknowledgement. What has become durable in the meantime makes room.
    /// </summary>
    public bool HasRoomFor(in MqttFixedHeader header)
    {
        if (header.QualityOfService != 1 || acknowledgements.HasRoom) return true;
        acknowledgements.WriteDue();
        return acknowledgements.HasRoom;
    }

    bool IsTopicName(ReadOnlySpan<byte> topic)
    {
        if (topic.SequenceEqual(lastTopic) && !topic.IsEmpty) return true;
        if (!MqttText.IsTopicName(topic)) return false;
        if (topic.Length <= RememberedTopicLength) lastTopic = topic.ToArray();
        return true;
    }

    // An empty topic without an alias is a protocol error (section 3.3.2.1), bad UTF-8 is malformed, a wildcard an invalid name.
    static MqttReasonCode ExplainTopic(ReadOnlySpan<byte> topic)
    {
        if (topic.IsEmpty) return MqttReasonCode.ProtocolError;
        return MqttText.IsValid(topic) ? MqttReasonCode.TopicNameInvalid : MqttReasonCode.MalformedPacket;
    }

    MqttReasonCode Route(in MqttFixedHeader header, in PublishPacket packet)
    {
        bool hasProperties = version == MqttProtocolVersion.V5;
        var message = new RoutedMessage
        {
            Topic = packet.Topic,
            Payload = packet.Payload,
            // All properties a client may send, but the alias that is refused, go on to subscribers as they are (section 3.3.2.3).
            Properties = packet.Properties.Raw,
            MessageExpiryOffset = hasProperties ? packet.Properties.MessageExpiryOffset : -1,
            MessageExpiryInterval = packet.Properties.MessageExpiryInterval,
            Retain = header.Retain,
            Publisher = connection,
        };
        return listener.Router.Route(message, connection.Touched);
    }

    public MqttReasonCode HandleOther(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case MqttPacketType.PingReq:
                if (!body.IsEmpty) return MqttReasonCode.MalformedPacket;
                connection.Output.Append([(byte)MqttPacketType.PingResp << 4, 0]);
                return MqttReasonCode.Success;
            case MqttPacketType.Subscribe:
                return HandleSubscribe(body);
            case MqttPacketType.Unsubscribe:
                return HandleUnsubscribe(body);
            case MqttPacketType.Disconnect:
                return HandleDisconnect(body);
            default:
                // A second CONNECT ([MQTT-3.1.0-2]), what only servers send, acknowledgements of QoS 1 and 2 messages that were never
                // sent, and AUTH without an authentication method.
                return MqttReasonCode.ProtocolError;
        }
    }

    MqttReasonCode HandleSubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribePacket.TryRead(body, version, isUnsubscribe: false, out SubscribePacket packet);
        if (reason != MqttReasonCode.Success) return reason;
        if (packet.HasSubscriptionIdentifier) return MqttReasonCode.SubscriptionIdentifiersNotSupported;
        var codes = new byte[packet.Requests.Count];
        var withRetained = new List<byte[]>();
        for (int i = 0; i < codes.Length; i++)
        {
            SubscriptionRequest request = packet.Requests[i];
            MqttReasonCode refusal = FindRefusal(request);
            // MQTT 3.1.1 knows no other refusal than 0x80 ([MQTT-3.9.3-2] there).
            codes[i] = refusal == MqttReasonCode.Success || version == MqttProtocolVersion.V5 ? (byte)refusal : (byte)0x80;
            if (refusal != MqttReasonCode.Success) continue;
            bool isNew = listener.Router.Subscribe(new Subscription(connection, request.Filter, request.NoLocal, request.RetainAsPublished));
            connection.Filters.Add(request.Filter);
            if (request.RetainHandling == 0 || (request.RetainHandling == 1 && isNew)) withRetained.Add(request.Filter);
        }

        Answer(MqttPacketType.SubAck, packet.PacketIdentifier, codes);
        foreach (byte[] filter in withRetained) listener.Router.DeliverRetained(connection, filter);
        return MqttReasonCode.Success;
    }

    MqttReasonCode FindRefusal(in SubscriptionRequest request)
    {
        MqttListenerOptions options = listener.Options;
        if (MqttText.IsShared(request.Filter)) return MqttReasonCode.SharedSubscriptionsNotSupported;
        if (MqttText.CountLevels(request.Filter) > options.MaximumTopicLevels) return MqttReasonCode.TopicFilterInvalid;
        bool isKnown = connection.Filters.Contains(request.Filter);
        if (!isKnown && connection.Filters.Count >= options.MaximumSubscriptionsPerSession) return MqttReasonCode.QuotaExceeded;
        string filter = System.Text.Encoding.UTF8.GetString(request.Filter);
        return session.MaySubscribe(filter) ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized;
    }

    MqttReasonCode HandleUnsubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribePacket.TryRead(body, version, isUnsubscribe: true, out SubscribePacket packet);
        if (reason != MqttReasonCode.Success) return reason;
        var codes = new byte[packet.Requests.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            byte[] filter = packet.Requests[i].Filter;
            bool existed = connection.Filters.Remove(filter) && listener.Router.Unsubscribe(connection, filter);
            codes[i] = (byte)(existed ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted);
        }

        // UNSUBACK has no payload in MQTT 3.1.1 (section 3.11 there).
        Answer(MqttPacketType.UnsubAck, packet.PacketIdentifier, version == MqttProtocolVersion.V5 ? codes : []);
        return MqttReasonCode.Success;
    }

    void Answer(MqttPacketType type, ushort packetIdentifier, byte[] codes)
    {
        int remaining = 2 + (version == MqttProtocolVersion.V5 ? 1 : 0) + codes.Length;
        lock (connection.Output.Gate)
        {
            var writer = new PacketWriter(connection.Output.Reserve(1 + VariableInteger.Length(remaining) + remaining));
            writer.FixedHeader(type, 0, remaining);
            writer.UInt16(packetIdentifier);
            if (version == MqttProtocolVersion.V5) writer.VariableInteger(0);
            writer.Raw(codes);
        }
    }

    MqttReasonCode HandleDisconnect(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = DisconnectPacket.TryRead(
            body, version, MqttProperties.OfDisconnectFromClient, out MqttReasonCode given, out uint sessionExpiry);
        if (reason != MqttReasonCode.Success) return reason;
        // Section 3.14.2.2.2: an expiry that was 0 cannot become longer with the last packet, and here it is always 0.
        _ = sessionExpiry;
        connection.IsWillDiscarded = given == MqttReasonCode.Success;
        connection.RequestClose(MqttReasonCode.Success);
        return MqttReasonCode.Success;
    }
}
