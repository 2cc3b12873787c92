using System.Collections.Concurrent;
using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>SUBSCRIBE and UNSUBSCRIBE on one connection, MQTT 5.0 sections 3.8 to 3.11.</summary>
sealed class ClientRequests(
    MqttClientOptions options, MqttServerInformation server, OutgoingBuffer output, OutboundWindow window, ConnectionEnd end)
{
    readonly ConcurrentDictionary<ushort, TaskCompletionSource<MqttReasonCode>> waiting = new();

    public Task<MqttReasonCode> SubscribeAsync(MqttSubscription subscription, CancellationToken cancellationToken)
    {
        Check(subscription);
        CheckServerTakes(subscription);
        return AskAsync(
            identifier => ClientPackets.Subscribe(options.Version, identifier, subscription), "The server refused the subscription",
            cancellationToken);
    }

    public Task<MqttReasonCode> UnsubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        CheckFilter(filter);
        return AskAsync(
            identifier => ClientPackets.Unsubscribe(options.Version, identifier, filter), "The server refused to unsubscribe",
            cancellationToken);
    }

    /// <exception cref="ArgumentException">No server could take this.</exception>
    public static void Check(MqttSubscription subscription)
    {
        byte[] filter = CheckFilter(subscription.Filter);
        if (subscription.QualityOfService > 2) throw new ArgumentException("The QoS is not 0, 1 or 2.", nameof(subscription));
        if (subscription.RetainHandling > MqttRetainHandling.DoNotSend)
            throw new ArgumentException("There is no such retain handling.", nameof(subscription));

        if (subscription.Identifier is < 1 or > FrameScanner.MaximumRemainingLength)
            throw new ArgumentException("An identifier is 1 to 268435455.", nameof(subscription));

        // [MQTT-3.8.3-4].
        if (subscription.NoLocal && MqttText.IsShared(filter))
            throw new ArgumentException("A shared subscription cannot be No Local.", nameof(subscription));
    }

    // What the server said when it let the client in.
    void CheckServerTakes(MqttSubscription subscription)
    {
        bool isShared = subscription.Filter.StartsWith("$share/", StringComparison.Ordinal);
        MqttReasonCode problem = isShared && !server.SharedSubscriptionAvailable ? MqttReasonCode.SharedSubscriptionsNotSupported
            : subscription.Identifier is not null && !server.SubscriptionIdentifierAvailable
                ? MqttReasonCode.SubscriptionIdentifiersNotSupported
            : subscription.Filter.AsSpan().ContainsAny('+', '#') && !server.WildcardSubscriptionAvailable
                ? MqttReasonCode.WildcardSubscriptionsNotSupported
            : MqttReasonCode.Success;
        if (problem != MqttReasonCode.Success) throw MqttException.From("The server has no such subscriptions", problem);
    }

    static byte[] CheckFilter(string filter)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(filter);
        return MqttText.IsTopicFilter(bytes)
            ? bytes
            : throw new ArgumentException("This is not a topic filter (MQTT 5.0, section 4.7).", nameof(filter));
    }

    async Task<MqttReasonCode> AskAsync(Func<ushort, byte[]> packet, string refusal, CancellationToken cancellationToken)
    {
        end.ThrowIfEnded();
        ushort identifier = window.TryTakeForRequest() ?? throw new InvalidOperationException("All 65,535 packet identifiers are in use.");
        var answered = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[identifier] = answered;
        output.Append(packet(identifier));
        output.Flush();
        // The connection may have ended before the request was there to be told.
        if (end.HasEnded) End();
        MqttReasonCode reason = await answered.Task.WaitAsync(cancellationToken);
        end.ThrowIfEnded();
        return (byte)reason < 0x80 ? reason : throw MqttException.From(refusal, reason);
    }

    /// <summary>SUBACK and UNSUBACK.</summary>
    public void HandleAnswer(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        var packet = new PacketReader(body);
        bool isRight = packet.TryReadPacketIdentifier(out ushort identifier);
        if (isRight && options.Version == MqttProtocolVersion.V5)
        {
            isRight = MqttProperties.TryRead(
                ref packet, AllowedProperties.OfAcknowledgement, out _, ClientReceiver.Unlimited) == MqttReasonCode.Success;
        }

        bool hasCode = packet.TryReadByte(out byte code);
        // MQTT 3.1.1 has an UNSUBACK without codes.
        bool needsCode = type == MqttPacketType.SubAck || options.Version == MqttProtocolVersion.V5;
        if (!isRight || (!hasCode && needsCode))
            throw new MqttException(MqttReasonCode.MalformedPacket, $"The server sent a wrong {type} packet.");
        if (!waiting.TryRemove(identifier, out TaskCompletionSource<MqttReasonCode>? answered)) return;
        window.ReleaseRequest(identifier);
        answered.TrySetResult((MqttReasonCode)code);
    }

    /// <summary>Nobody waits any longer.</summary>
    public void End()
    {
        foreach (ushort identifier in waiting.Keys)
        {
            if (!waiting.TryRemove(identifier, out TaskCompletionSource<MqttReasonCode>? answered)) continue;
            window.ReleaseRequest(identifier);
            answered.TrySetResult(MqttReasonCode.UnspecifiedError);
        }
    }
}
