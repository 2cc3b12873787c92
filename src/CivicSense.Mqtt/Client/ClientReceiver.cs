using System.Text;
using System.Threading.Channels;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Receives on one connection: PUBLISH from the server, and the acknowledgements of it.</summary>
sealed class ClientReceiver(MqttClientOptions options, OutgoingBuffer output, ReceivedExactlyOnce received)
{
    /// <summary>Packets from a server that was chosen are limited by their size alone.</summary>
    public static readonly UserPropertyLimits Unlimited = new(int.MaxValue, int.MaxValue);

    static long connections;

    readonly long connection = Interlocked.Increment(ref connections);
    readonly AcknowledgementLine line = new(options.Version, received);
    readonly byte[]?[] aliases = new byte[]?[options.TopicAliasMaximum];
    readonly Channel<MqttReceivedMessage> messages = Channel.CreateBounded<MqttReceivedMessage>(
        new BoundedChannelOptions(options.MaximumQueuedMessages) { SingleWriter = true });
    bool isFull;

    public ChannelReader<MqttReceivedMessage> Messages => messages.Reader;

    /// <summary>Completes when more may be read.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (options.Handler is { } handler) return handler.ReadyAsync(cancellationToken);
        return isFull ? WaitForQueueAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    async ValueTask WaitForQueueAsync(CancellationToken cancellationToken)
    {
        // The queue is closed with the connection.
        if (!await messages.Writer.WaitToWriteAsync(cancellationToken)) throw new OperationCanceledException();
        isFull = false;
    }

    /// <summary>PUBLISH, MQTT 5.0 section 3.3.</summary>
    public PacketOutcome HandlePublish(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        MqttReasonCode problem = PublishPacket.TryRead(
            header, body, options.Version, AllowedProperties.OfPublishFromServer, out PublishPacket packet, Unlimited);
        if (problem != MqttReasonCode.Success) throw new MqttException(problem, "The server sent a wrong PUBLISH packet.");
        bool isQueued = options.Handler is null && options.Received is null;
        if (isQueued && messages.Reader.Count >= options.MaximumQueuedMessages)
        {
            isFull = true;
            return PacketOutcome.NoRoom;
        }

        ReadOnlySpan<byte> topic = ResolveTopic(packet);
        ushort identifier = packet.PacketIdentifier;
        if (header.QualityOfService == 2 && line.IsWaiting(identifier)) return PacketOutcome.Handled;
        if (header.QualityOfService == 2 && received.Contains(identifier))
        {
            line.Mark(line.Add(identifier, 2), identifier, MqttReasonCode.Success);
            return PacketOutcome.Handled;
        }

        if (header.QualityOfService > 0 && line.Count >= (options.MaximumUnacknowledged ?? options.ReceiveMaximum))
            throw MqttException.From("The server sent more than may be unacknowledged", MqttReasonCode.ReceiveMaximumExceeded);

        long place = header.QualityOfService > 0 ? line.Add(identifier, header.QualityOfService) : 0;
        var message = new MqttInboundMessage
        {
            Topic = topic,
            Payload = packet.Payload,
            Properties = packet.Properties.Raw,
            QualityOfService = header.QualityOfService,
            Retain = header.Retain,
            Duplicate = header.Duplicate,
            Token = header.QualityOfService > 0 ? new MqttAcknowledgementToken(connection, place, identifier) : default,
        };
        Deliver(message);
        return PacketOutcome.Handled;
    }

    // MQTT 5.0 section 3.3.2.3.4.
    ReadOnlySpan<byte> ResolveTopic(in PublishPacket packet)
    {
        ReadOnlySpan<byte> topic = packet.Topic;
        if (options.Version == MqttProtocolVersion.V5 && packet.Properties.TopicAlias is > 0 and var alias)
        {
            if (alias > aliases.Length)
                throw new MqttException(MqttReasonCode.TopicAliasInvalid, "The server used too high a topic alias.");
            if (topic.IsEmpty) topic = aliases[alias - 1];
            else if (!topic.SequenceEqual(aliases[alias - 1])) aliases[alias - 1] = topic.ToArray();
        }

        if (topic.IsEmpty) throw new MqttException(MqttReasonCode.ProtocolError, "The server sent a message without a topic.");
        return MqttText.IsTopicName(topic)
            ? topic
            : throw new MqttException(MqttReasonCode.MalformedPacket, "The server sent a wrong topic.");
    }

    void Deliver(in MqttInboundMessage message)
    {
        try
        {
            if (options.Handler is { } handler)
            {
                handler.Handle(message);
                return;
            }

            MqttReceivedMessage copy = Copy(message);
            if (options.Received is { } callback) callback(copy);
            else messages.Writer.TryWrite(copy);
        }
        catch (Exception exception)
        {
            throw new MqttException(MqttReasonCode.ImplementationSpecificError, "The handler of received messages failed.", exception);
        }

        Acknowledge(message.Token, MqttReasonCode.Success);
    }

    static MqttReceivedMessage Copy(in MqttInboundMessage message) =>
        new(Encoding.UTF8.GetString(message.Topic), message.Payload.ToArray(), message.QualityOfService, message.Retain, message.Duplicate)
        {
            Properties = message.Properties.IsEmpty ? null : MqttMessageProperties.Read(message.Properties),
        };

    /// <summary>PUBREL, MQTT 5.0 section 3.6.</summary>
    public void HandleRelease(ReadOnlySpan<byte> body)
    {
        MqttReasonCode problem = AcknowledgementPacket.TryRead(
            MqttPacketType.PubRel, body, options.Version, out AcknowledgementPacket packet, Unlimited);
        if (problem != MqttReasonCode.Success) throw new MqttException(problem, "The server sent a wrong PUBREL packet.");
        bool isKnown = received.Remove(packet.PacketIdentifier);
        var answer = new AcknowledgementPacket(
            packet.PacketIdentifier, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
        Span<byte> bytes = stackalloc byte[answer.Length(options.Version)];
        answer.Write(bytes, MqttPacketType.PubComp, options.Version);
        output.Append(bytes);
    }

    /// <summary>Lets a message be acknowledged; nothing for one of another connection.</summary>
    public void Acknowledge(MqttAcknowledgementToken token, MqttReasonCode reason)
    {
        if (token.Connection == connection) line.Mark(token.Place, token.PacketIdentifier, reason);
    }

    /// <summary>Writes the acknowledgements whose turn it is.</summary>
    public void WriteAcknowledgements() => line.Write(output);

    public void End() => messages.Writer.TryComplete();
}
