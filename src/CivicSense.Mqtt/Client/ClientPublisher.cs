using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>A message to be published; only read while it is taken over.</summary>
readonly record struct Publication(ReadOnlyMemory<byte> Topic, ReadOnlyMemory<byte> Payload, byte QualityOfService, bool Retain)
{
    public bool Duplicate { get; init; }

    public MqttMessageProperties? Properties { get; init; }

    /// <summary>Told the reason code when the server has answered for it; QoS 1 and 2.</summary>
    public TaskCompletionSource<MqttReasonCode>? Confirmed { get; init; }

    /// <summary>A message that <see cref="ConfirmationAsync"/> can wait for.</summary>
    public static Publication ToConfirm(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService, bool retain, MqttMessageProperties? properties) =>
        qualityOfService == 0
            ? throw new ArgumentException("The server does not answer for a message of QoS 0.", nameof(qualityOfService))
            : new Publication(topic, payload, qualityOfService, retain)
            {
                Properties = properties,
                Confirmed = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously),
            };

    /// <exception cref="MqttException">The server refused the message, or it will never be sent.</exception>
    public async Task<MqttReasonCode> ConfirmationAsync(CancellationToken cancellationToken)
    {
        MqttReasonCode reason = await Confirmed!.Task.WaitAsync(cancellationToken);
        return (byte)reason < 0x80 ? reason : throw MqttException.From("The server refused the message", reason);
    }

    /// <exception cref="ArgumentException">The topic is no topic name, or the QoS none of 0, 1 and 2.</exception>
    public static void Check(ReadOnlySpan<byte> topic, byte qualityOfService)
    {
        if (!MqttText.IsTopicName(topic)) throw new ArgumentException("This is not a topic name (MQTT 5.0, section 4.7).", nameof(topic));
        if (qualityOfService > 2) throw new ArgumentException("The QoS is not 0, 1 or 2.", nameof(qualityOfService));
    }

    public PublishEncoding Encoding(MqttProtocolVersion version, ushort identifier = 0) => new()
    {
        Version = version,
        Topic = Topic.Span,
        Payload = Payload.Span,
        Properties = Properties is null ? default : Properties.Encoded,
        QualityOfService = QualityOfService,
        PacketIdentifier = identifier,
        Retain = Retain,
        Duplicate = Duplicate && QualityOfService > 0,
    };
}

/// <summary>Publishes on one connection: what goes out with PUBLISH, and the answers to it.</summary>
sealed class ClientPublisher(
    MqttClientOptions options, MqttServerInformation server, OutgoingBuffer output, OutboundWindow window, ConnectionEnd end)
{
    const int GatheredBytes = 16 * 1024;
    const int MaximumQueuedBytes = 256 * 1024;
    const int AliasLength = 3;

    readonly OutgoingTopicAliases aliases = new(Math.Min(options.MaximumOutgoingTopicAliases, server.TopicAliasMaximum));
    byte[] aliasedProperties = [];
    long acknowledgedCount;

    public long AcknowledgedCount => Interlocked.Read(ref acknowledgedCount);

    /// <summary>Publishes, and waits where the server or the network is slower.</summary>
    /// <returns>The packet identifier; 0 at QoS 0.</returns>
    public ValueTask<ushort> PublishAsync(in Publication message, CancellationToken cancellationToken)
    {
        Publication.Check(message.Topic.Span, message.QualityOfService);
        end.ThrowIfEnded();
        CheckServerTakes(message);
        if (TryTakeIdentifier(message) is not { } identifier) return WaitAndPublishAsync(message, cancellationToken);
        Task room = output.WaitForRoomAsync(MaximumQueuedBytes);
        return room.IsCompletedSuccessfully
            ? new ValueTask<ushort>(Send(message, identifier))
            : WaitAndSendAsync(room, message, identifier);
    }

    // 0 at QoS 0; null if too many are unanswered.
    ushort? TryTakeIdentifier(in Publication message) =>
        message.QualityOfService == 0 ? (ushort)0
        : options.Session is null ? window.TryAdd(message.QualityOfService, message.Confirmed)
        : window.TryKeep(message.Encoding(options.Version), message.Confirmed);

    async ValueTask<ushort> WaitAndPublishAsync(Publication message, CancellationToken cancellationToken)
    {
        while (true)
        {
            end.ThrowIfEnded();
            if (TryTakeIdentifier(message) is { } identifier)
                return await WaitAndSendAsync(output.WaitForRoomAsync(MaximumQueuedBytes), message, identifier);

            output.Flush();
            await window.WaitForRoomAsync().WaitAsync(cancellationToken);
        }
    }

    // Not cancelled: the identifier is taken, and sending ends with the connection at the latest.
    async ValueTask<ushort> WaitAndSendAsync(Task room, Publication message, ushort identifier)
    {
        await room;
        return Send(message, identifier);
    }

    ushort Send(in Publication message, ushort identifier)
    {
        // What is kept was written by the window when its turn came.
        bool isWritten = message.QualityOfService > 0 && options.Session is not null;
        bool isFull = !isWritten && Write(message, identifier);
        if (options.AutoFlush || isFull) output.Flush();
        return identifier;
    }

    /// <exception cref="MqttException">The server said when it let the client in that it does not take such a message.</exception>
    public void CheckServerTakes(in Publication message)
    {
        MqttReasonCode problem = message.QualityOfService > server.MaximumQualityOfService ? MqttReasonCode.QualityOfServiceNotSupported
            : message.Retain && !server.RetainAvailable ? MqttReasonCode.RetainNotSupported
            : message.Encoding(options.Version).Length > server.MaximumPacketSize ? MqttReasonCode.PacketTooLarge
            : MqttReasonCode.Success;
        if (problem != MqttReasonCode.Success) throw MqttException.From("The server does not take this message", problem);
    }

    bool Write(in Publication message, ushort identifier)
    {
        PublishEncoding packet = message.Encoding(options.Version, identifier);
        // In one piece, because a topic has to be named with its alias before the alias alone stands for it.
        lock (output.Gate)
        {
            ushort alias = aliases.Find(packet.Topic, out bool isNew);
            if (alias > 0)
                packet = packet with { Topic = isNew ? packet.Topic : default, Properties = WithAlias(packet.Properties, alias) };

            packet.Write(output.Reserve(packet.Length));
            return output.QueuedBytes >= GatheredBytes;
        }
    }

    ReadOnlySpan<byte> WithAlias(ReadOnlySpan<byte> properties, ushort alias)
    {
        int length = AliasLength + properties.Length;
        if (aliasedProperties.Length < length) aliasedProperties = new byte[length * 2];
        var writer = new PacketWriter(aliasedProperties);
        writer.Byte((byte)MqttProperty.TopicAlias);
        writer.UInt16(alias);
        writer.Raw(properties);
        return aliasedProperties.AsSpan(0, length);
    }

    /// <summary>PUBACK, PUBREC and PUBCOMP; MQTT 5.0 sections 3.4, 3.5 and 3.7.</summary>
    public void HandleAnswer(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        MqttReasonCode problem = AcknowledgementPacket.TryRead(
            type, body, options.Version, out AcknowledgementPacket packet, ClientReceiver.Unlimited);
        if (problem != MqttReasonCode.Success) throw new MqttException(problem, $"The server sent a wrong {type} packet.");
        bool isAwaited = window.IsAwaiting(type, packet.PacketIdentifier);
        switch (type)
        {
            case MqttPacketType.PubAck when !isAwaited:
                throw new MqttException(MqttReasonCode.ProtocolError, "The server acknowledged what was not sent.");
            case MqttPacketType.PubRec when !packet.IsRefusal:
                window.Release(packet.PacketIdentifier);
                break;
            case var _ when isAwaited:
                // Counted and told before the identifier is free, so that whoever waited for that sees it counted.
                Interlocked.Increment(ref acknowledgedCount);
                options.Acknowledged?.Invoke(packet.PacketIdentifier, packet.Reason);
                window.Complete(packet.PacketIdentifier, packet.Reason);
                break;
        }
    }
}
