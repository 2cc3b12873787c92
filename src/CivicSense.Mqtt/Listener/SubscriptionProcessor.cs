using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>SUBSCRIBE and UNSUBSCRIBE of a connected client: MQTT 5.0 sections 3.8 to 3.11.</summary>
sealed class SubscriptionProcessor(MqttConnection connection)
{
    /// <summary>Answers that may wait for the session store before the client has to wait, too.</summary>
    const int MaximumUnsaved = 16;

    const int LeastFiltersPerPacket = 16;

    readonly MqttListener listener = connection.Listener;
    readonly MqttListenerOptions options = connection.Listener.Options;
    readonly ClientSession client = connection.Client!;
    readonly MqttProtocolVersion version = connection.Version;
    readonly UserPropertyLimits userProperties =
        new(connection.Listener.Options.MaximumUserProperties, connection.Listener.Options.MaximumUserPropertyBytes);
    long lastTicket;
    int unsaved;

    /// <summary>
    /// How fast the client may subscribe and unsubscribe; null where there is no limit. The caller takes the first filter.
    /// </summary>
    public PublishPace? Pace { get; } = PublishPace.Create(
        connection.Listener.Options.SubscribeRate, connection.Listener.Options.SubscribeBurst, connection.Listener.Time);

    int MaximumSubscriptions => connection.Limits.MaximumSubscriptions ?? options.MaximumSubscriptionsPerSession;

    public MqttReasonCode HandleSubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribePacket.TryRead(body, version, isUnsubscribe: false, out SubscribePacket packet, userProperties);
        if (reason != MqttReasonCode.Success) return reason;
        // Each filter looks through the retained messages, so that repeating one must not be free.
        if (packet.Requests.Count > Math.Max(LeastFiltersPerPacket, MaximumSubscriptions)) return MqttReasonCode.QuotaExceeded;
        Pace?.Charge(packet.Requests.Count - 1);
        var codes = new byte[packet.Requests.Count];
        int[] identifiers = packet.HasSubscriptionIdentifier ? [packet.SubscriptionIdentifier] : [];
        var granted = new List<(Subscription Subscription, byte RetainHandling)>();
        int added = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            SubscriptionRequest request = packet.Requests[i];
            MqttReasonCode refusal = FindRefusal(request, ref added);
            codes[i] = refusal == MqttReasonCode.Success ? request.QualityOfService : (byte)refusal;
            if (refusal != MqttReasonCode.Success) continue;
            var subscription = new Subscription(
                client, request.Filter, request.QualityOfService, request.NoLocal, request.RetainAsPublished, identifiers);
            granted.Add((subscription, request.RetainHandling));
        }

        // Whoever waits for nothing hears SUBACK before the retained messages, which clients find easier.
        if (!client.IsSavedNow) Answer(MqttPacketType.SubAck, packet.PacketIdentifier, codes, ticket: 0);
        long ticket = 0;
        foreach ((Subscription subscription, byte handling) in granted)
        {
            ticket = Math.Max(ticket, client.Subscribe(subscription, listener.Router, handling));
        }

        if (client.IsSavedNow) Answer(MqttPacketType.SubAck, packet.PacketIdentifier, codes, ticket);
        return MqttReasonCode.Success;
    }

    MqttReasonCode FindRefusal(in SubscriptionRequest request, ref int added)
    {
        ReadOnlySpan<byte> filter = request.Filter;
        if (MqttText.TrySplitShared(filter, out _, out ReadOnlySpan<byte> shared))
        {
            if (!connection.Limits.AllowsSharedSubscriptions) return options.SubscriptionRefusal;
            filter = shared;
        }

        bool isTooLong = request.Filter.Length > options.MaximumTopicLength || MqttText.CountLevels(filter) > options.MaximumTopicLevels;
        if (isTooLong) return MqttReasonCode.TopicFilterInvalid;
        bool isKnown = client.IsSubscribed(request.Filter);
        if (!isKnown && client.SubscriptionCount + added >= MaximumSubscriptions) return MqttReasonCode.QuotaExceeded;
        // Rights are about topics, so a shared subscription needs those for the filter in it.
        string text = System.Text.Encoding.UTF8.GetString(filter);
        if (!connection.Session!.MaySubscribe(text)) return options.SubscriptionRefusal;
        if (!isKnown) added++;
        return MqttReasonCode.Success;
    }

    public MqttReasonCode HandleUnsubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribePacket.TryRead(body, version, isUnsubscribe: true, out SubscribePacket packet, userProperties);
        if (reason != MqttReasonCode.Success) return reason;
        Pace?.Charge(packet.Requests.Count - 1);
        var codes = new byte[packet.Requests.Count];
        long ticket = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            bool existed = client.TryUnsubscribe(packet.Requests[i].Filter, listener.Router, out long changed);
            ticket = Math.Max(ticket, changed);
            codes[i] = (byte)(existed ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted);
        }

        Answer(MqttPacketType.UnsubAck, packet.PacketIdentifier, codes, ticket);
        return MqttReasonCode.Success;
    }

    void Answer(MqttPacketType type, ushort packetIdentifier, byte[] codes, long ticket)
    {
        var answer = new SubAckEncoding { Type = type, Version = version, PacketIdentifier = packetIdentifier, Codes = codes };
        byte[] packet = new byte[answer.Length];
        answer.Write(packet);
        if (ticket == 0) connection.Output.Append(packet);
        else _ = AnswerWhenSavedAsync(packet, ticket);
    }

    // A subscription that was acknowledged outlives a crash of the node.
    async Task AnswerWhenSavedAsync(byte[] packet, long ticket)
    {
        lastTicket = ticket;
        Interlocked.Increment(ref unsaved);
        try
        {
            await listener.SessionCommit!.WaitAsync(ticket, connection.Closing).ConfigureAwait(false);
            connection.Output.Append(packet);
            connection.FlushOutput();
        }
        catch (OperationCanceledException)
        {
            // The connection is closing, and nothing was promised.
        }
        finally
        {
            Interlocked.Decrement(ref unsaved);
        }
    }

    /// <summary>Completes when few enough answers wait for the session store.</summary>
    public Task WaitForSavedAsync() => Volatile.Read(ref unsaved) <= MaximumUnsaved
        ? Task.CompletedTask
        : listener.SessionCommit!.WaitAsync(lastTicket, connection.Closing).AsTask();
}
