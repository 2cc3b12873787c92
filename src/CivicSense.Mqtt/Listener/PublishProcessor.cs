using System.Diagnostics;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>PUBLISH of a connected client and the rest of its exchange: MQTT 5.0 sections 3.3 and 4.3.</summary>
sealed class PublishProcessor
{
    /// <summary>Topics up to this length are remembered; a sensor repeats its topic.</summary>
    const int RememberedTopicLength = 256;

    readonly MqttConnection connection;
    readonly AcknowledgementQueue acknowledgements;
    readonly IMqttSession session;
    readonly ClientSession client;
    readonly MqttListener listener;
    readonly MqttListenerOptions options;
    readonly MqttProtocolVersion version;
    readonly IncomingTopicAliases aliases;
    readonly UserPropertyLimits userProperties;
    readonly PublishPace? pace;
    // QoS 2 messages that were published on this connection and not released. Those of earlier ones do not count (section 4.9).
    readonly IncomingIdentifiers exchanging = new();
    byte[] lastTopic = [];
    int received;
    int omitted;

    public PublishProcessor(MqttConnection connection, AcknowledgementQueue acknowledgements)
    {
        (this.connection, this.acknowledgements) = (connection, acknowledgements);
        (session, client, listener, version) = (connection.Session!, connection.Client!, connection.Listener, connection.Version);
        options = listener.Options;
        aliases = new IncomingTopicAliases(options.TopicAliasMaximum);
        userProperties = new UserPropertyLimits(options.MaximumUserProperties, options.MaximumUserPropertyBytes);
        pace = PublishPace.Create(connection.Limits.PublishRate ?? options.PublishRate, options.PublishBurst, listener.Time);
    }

    /// <summary>How fast the client may publish; null where there is no limit.</summary>
    public PublishPace? Pace => pace;

    /// <summary>Adds the batch to the listener's totals: one interlocked operation a batch instead of one a message.</summary>
    public void ReportCounts()
    {
        if (received == 0) return;
        listener.Statistics.CountReceived(received, omitted);
        (received, omitted) = (0, 0);
    }

    /// <summary>
    /// Whether this PUBLISH or PUBREL may be handled: there is room for its answer. What has become durable in the meantime makes room.
    /// </summary>
    public bool HasRoomFor(in MqttFixedHeader header)
    {
        if (header.Type == MqttPacketType.Publish && header.QualityOfService == 0) return true;
        if (!acknowledgements.HasRoom) acknowledgements.WriteDue();
        if (!acknowledgements.HasRoom) return false;
        if (exchanging.Count == 0 || header.Type is MqttPacketType.PubRel or MqttPacketType.PubRec) return true;
        acknowledgements.WriteDue();
        return !HasFilledReceiveMaximum;
    }

    /// <summary>
    /// Whether as many messages of the client are unfinished as it has been told. An MQTT 3.1.1 client has been told nothing, and one that
    /// was made to wait for the end of a QoS 2 exchange could not send the PUBREL that ends it.
    /// </summary>
    public bool HasFilledReceiveMaximum =>
        version == MqttProtocolVersion.V5 && acknowledgements.CountMessages() + exchanging.Count >= options.ReceiveMaximum;

    /// <summary>PUBLISH, MQTT 5.0 section 3.3. Allocates nothing when the application consumes the message.</summary>
    /// <param name="header">The fixed header; <see cref="HasRoomFor"/> has been asked about it.</param>
    /// <param name="body">The packet after the fixed header; without payload if that was skipped.</param>
    /// <param name="omittedPayloadLength">How long the skipped payload was; null if it is there.</param>
    public MqttReasonCode HandlePublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, int? omittedPayloadLength)
    {
        MqttReasonCode reason = PublishPacket.TryRead(
            header, body, version, AllowedProperties.OfPublishFromClient, out PublishPacket packet, userProperties);
        ReadOnlySpan<byte> topic = packet.Topic;
        if (reason == MqttReasonCode.Success) reason = FindTopic(packet.Properties.TopicAlias, ref topic);
        if (reason != MqttReasonCode.Success) return reason;

        bool isExactlyOnce = header.QualityOfService == 2;
        // A repeated one is counted once on each connection.
        if (isExactlyOnce) exchanging.TryAdd(packet.PacketIdentifier);
        if (isExactlyOnce && IsRepeated(packet.PacketIdentifier))
        {
            AnswerRepeated(packet.PacketIdentifier);
            return MqttReasonCode.Success;
        }

        received++;
        if (omittedPayloadLength is not null) omitted++;
        MqttPublishDecision decision = session.Publish(new MqttIncomingMessage
        {
            Topic = topic,
            Payload = packet.Payload,
            PayloadLength = omittedPayloadLength ?? packet.Payload.Length,
            QualityOfService = header.QualityOfService,
            Retain = header.Retain,
            Duplicate = header.Duplicate,
        });
        MqttReasonCode outcome = decision.Reason;
        long savedTicket = 0;
        if ((byte)outcome < 0x80 && decision.Delivery == MqttDelivery.Route)
        {
            // Without its payload the message cannot go on, and the client hears that.
            MqttReasonCode routed = omittedPayloadLength is null ? Route(header, packet, topic) : MqttReasonCode.QuotaExceeded;
            if (outcome == MqttReasonCode.Success) outcome = routed;
            savedTicket = connection.Routes.TakeTicket();
        }

        if (header.QualityOfService == 0) return MqttReasonCode.Success;
        if (isExactlyOnce) savedTicket = Math.Max(savedTicket, EndBegin(packet.PacketIdentifier, outcome, decision.Ticket));
        MqttPacketType answer = isExactlyOnce ? MqttPacketType.PubRec : MqttPacketType.PubAck;
        Answer(answer, packet.PacketIdentifier, outcome, decision.Ticket, savedTicket);
        return MqttReasonCode.Success;
    }

    void Answer(
        MqttPacketType type, ushort identifier, MqttReasonCode outcome, long ticket, long savedTicket, bool isOfThisConnection = true)
    {
        bool isAdded = acknowledgements.TryAdd(type, identifier, outcome, ticket, savedTicket, isOfThisConnection);
        Debug.Assert(isAdded, "The caller has asked HasRoomFor.");
    }

    bool IsRepeated(ushort identifier)
    {
        lock (client.Gate) return client.Incoming.Contains(identifier);
    }

    // [MQTT-4.3.3-9]: a refused message is over with its PUBREC, and the identifier is free again. MQTT 3.1.1 cannot be told of a refusal.
    long EndBegin(ushort identifier, MqttReasonCode outcome, long ticket)
    {
        bool isOver = (byte)outcome >= 0x80 && version == MqttProtocolVersion.V5;
        if (isOver) exchanging.Remove(identifier);
        lock (client.Gate)
        {
            // Not before: an identifier that is saved without its message's ticket would lose the message in a crash.
            if (!isOver) client.Incoming.TryAdd(identifier);
            client.IncomingTicket = Math.Max(client.IncomingTicket, ticket);
            return client.MarkChanged();
        }
    }

    // [MQTT-4.3.3-10]: the message has been handed over before; the answer waits for what that one waited for.
    void AnswerRepeated(ushort identifier)
    {
        long ticket;
        long savedTicket;
        lock (client.Gate) (ticket, savedTicket) = (client.IncomingTicket, client.MarkChanged());
        Answer(MqttPacketType.PubRec, identifier, MqttReasonCode.Success, ticket, savedTicket);
    }

    /// <summary>PUBREL: the client has the PUBREC and will not send the message again.</summary>
    public MqttReasonCode HandlePubRel(in AcknowledgementPacket packet)
    {
        bool isKnown;
        long savedTicket;
        bool isOfThisConnection = exchanging.Remove(packet.PacketIdentifier);
        lock (client.Gate)
        {
            isKnown = client.Incoming.Remove(packet.PacketIdentifier);
            // Also when it is not known: it may be a repetition, and what the first has removed may not be durable yet.
            savedTicket = client.MarkChanged();
        }

        MqttReasonCode outcome = isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
        // After PUBCOMP the client may use the identifier for another message, so it must be free on disk as well.
        if (savedTicket > 0) Answer(MqttPacketType.PubComp, packet.PacketIdentifier, outcome, ticket: 0, savedTicket, isOfThisConnection);
        else connection.Write(MqttPacketType.PubComp, new AcknowledgementPacket(packet.PacketIdentifier, outcome));
        return MqttReasonCode.Success;
    }

    // Without the property the alias is 0; one of 0 that was sent is refused by the reader.
    MqttReasonCode FindTopic(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias != 0 && topic.IsEmpty) return aliases.Resolve(alias, ref topic);
        if (!IsTopicName(topic)) return ExplainTopic(topic);
        return alias != 0 ? aliases.Resolve(alias, ref topic) : MqttReasonCode.Success;
    }

    bool IsTopicName(ReadOnlySpan<byte> topic)
    {
        if (topic.SequenceEqual(lastTopic) && !topic.IsEmpty) return true;
        if (!MqttText.IsTopicName(topic) || IsTooLong(topic)) return false;
        if (topic.Length <= RememberedTopicLength) lastTopic = topic.ToArray();
        return true;
    }

    bool IsTooLong(ReadOnlySpan<byte> topic) =>
        topic.Length > options.MaximumTopicLength || MqttText.CountLevels(topic) > options.MaximumTopicLevels;

    // An empty topic without an alias is a protocol error (section 3.3.2.1), bad UTF-8 is malformed, the rest an invalid name.
    static MqttReasonCode ExplainTopic(ReadOnlySpan<byte> topic)
    {
        if (topic.IsEmpty) return MqttReasonCode.ProtocolError;
        return MqttText.IsValid(topic) ? MqttReasonCode.TopicNameInvalid : MqttReasonCode.MalformedPacket;
    }

    MqttReasonCode Route(in MqttFixedHeader header, in PublishPacket packet, ReadOnlySpan<byte> topic)
    {
        int expiryOffset = -1;
        ReadOnlySpan<byte> properties = version == MqttProtocolVersion.V5 ? packet.Properties.GetForwarded(out expiryOffset) : default;
        var message = new RoutedMessage
        {
            Topic = topic,
            Payload = packet.Payload,
            Properties = properties,
            MessageExpiryOffset = expiryOffset,
            MessageExpiryInterval = packet.Properties.MessageExpiryInterval,
            QualityOfService = header.QualityOfService,
            Retain = header.Retain,
            Publisher = client,
        };
        return listener.Router.Route(message, connection.Routes);
    }
}
