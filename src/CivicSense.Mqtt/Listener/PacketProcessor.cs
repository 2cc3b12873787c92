using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// Does what each packet of a connected client asks for. Answers Success or the reason for which the connection has to end.
/// </summary>
sealed class PacketProcessor(MqttConnection connection, AcknowledgementQueue acknowledgements)
{
    readonly PublishProcessor publishing = new(connection, acknowledgements);
    readonly SubscriptionProcessor subscribing = new(connection);
    readonly ClientSession client = connection.Client!;
    readonly MqttProtocolVersion version = connection.Version;
    PublishPace? heldBackBy;

    /// <summary>Called before the packets that have come together.</summary>
    /// <param name="now">The clock's timestamp.</param>
    public void BeginBatch(long now)
    {
        publishing.Pace?.Fill(now);
        subscribing.Pace?.Fill(now);
    }

    /// <inheritdoc cref="PublishProcessor.ReportCounts"/>
    public void ReportCounts() => publishing.ReportCounts();

    /// <inheritdoc cref="PublishProcessor.HasRoomFor"/>
    public bool HasRoomFor(in MqttFixedHeader header) => publishing.HasRoomFor(header);

    /// <inheritdoc cref="PublishProcessor.HasFilledReceiveMaximum"/>
    public bool HasFilledReceiveMaximum => publishing.HasFilledReceiveMaximum;

    /// <summary>Whether this packet comes earlier than the client's pace allows. One that does not is counted.</summary>
    public bool IsTooFast(in MqttFixedHeader header)
    {
        PublishPace? pace = header.Type switch
        {
            MqttPacketType.Publish => publishing.Pace,
            MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => subscribing.Pace,
            _ => null,
        };
        if (pace is null || pace.TryTake()) return false;
        heldBackBy = pace;
        return true;
    }

    /// <inheritdoc cref="PublishProcessor.HandlePublish"/>
    public MqttReasonCode HandlePublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, int? omittedPayloadLength) =>
        publishing.HandlePublish(header, body, omittedPayloadLength);

    /// <summary>Completes when the connection may be read from again: it keeps its pace, and its changes have been saved.</summary>
    /// <param name="isHeldBack">Whether a message is waiting that came too early.</param>
    public Task WaitAsync(bool isHeldBack)
    {
        TimeSpan wait = heldBackBy?.Wait ?? TimeSpan.Zero;
        heldBackBy = null;
        return isHeldBack && wait > TimeSpan.Zero ? KeepPaceAsync(wait) : CatchUpAsync();
    }

    async Task KeepPaceAsync(TimeSpan wait)
    {
        await Task.Delay(wait, connection.Listener.Time, connection.Closing);
        await CatchUpAsync();
    }

    Task CatchUpAsync() => client.HasBacklog ? TopUpAsync() : subscribing.WaitForSavedAsync();

    // Back pressure again: a client that does not take its retained messages is not read from.
    async Task TopUpAsync()
    {
        while (!connection.IsClosing && client.TopUp(connection.Listener.Router))
        {
            connection.FlushOutput();
            await connection.Output.WaitForRoomAsync(0).WaitAsync(connection.Closing);
        }

        connection.FlushOutput();
        // A client that is owed retained messages and acknowledges none may not have answers pile up either.
        await subscribing.WaitForSavedAsync();
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
                return subscribing.HandleSubscribe(body);
            case MqttPacketType.Unsubscribe:
                return subscribing.HandleUnsubscribe(body);
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                return HandleAcknowledgement(header.Type, body);
            case MqttPacketType.Disconnect:
                return HandleDisconnect(body);
            default:
                // A second CONNECT ([MQTT-3.1.0-2]), what only servers send, and AUTH without an authentication method.
                return MqttReasonCode.ProtocolError;
        }
    }

    MqttReasonCode HandleAcknowledgement(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = AcknowledgementPacket.TryRead(type, body, version, out AcknowledgementPacket packet);
        if (reason != MqttReasonCode.Success) return reason;
        return type switch
        {
            MqttPacketType.PubAck => client.HandlePubAck(connection, packet),
            MqttPacketType.PubRec => HandlePubRec(packet),
            MqttPacketType.PubRel => publishing.HandlePubRel(packet),
            _ => client.HandlePubComp(connection, packet),
        };
    }

    MqttReasonCode HandlePubRec(in AcknowledgementPacket packet)
    {
        MqttReasonCode reason = client.HandlePubRec(connection, packet, out MqttReasonCode? answer, out long ticket);
        if (reason != MqttReasonCode.Success || answer is not { } outcome) return reason;
        // After PUBREL the client forgets the identifier, so that a restart must not send the message once more.
        bool waits = ticket > 0 && acknowledgements.TryAdd(MqttPacketType.PubRel, packet.PacketIdentifier, outcome, 0, ticket);
        if (!waits) connection.Write(MqttPacketType.PubRel, new AcknowledgementPacket(packet.PacketIdentifier, outcome));
        return MqttReasonCode.Success;
    }

    MqttReasonCode HandleDisconnect(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = DisconnectPacket.TryRead(
            body, version, AllowedProperties.OfDisconnectFromClient, out MqttReasonCode given, out uint? sessionExpiry);
        if (reason != MqttReasonCode.Success) return reason;
        if (sessionExpiry is { } seconds)
        {
            // [MQTT-3.14.2-2]: an expiry that was 0 cannot become longer with the last packet.
            if (seconds > 0 && connection.RequestedExpiry == 0) return MqttReasonCode.ProtocolError;
            client.Expiry = connection.CapExpiry(seconds);
        }

        connection.IsWillDiscarded = given == MqttReasonCode.Success;
        connection.RequestClose(MqttReasonCode.Success);
        return MqttReasonCode.Success;
    }
}
