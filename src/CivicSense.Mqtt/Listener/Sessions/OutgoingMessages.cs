using System.Diagnostics.CodeAnalysis;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// The QoS 1 and 2 messages of one session that its client has not yet taken over: first those in flight, in the order in which they were
/// sent, then those that wait. Guarded by the session.
/// </summary>
sealed class OutgoingMessages(SessionServices services)
{
    readonly LinkedList<OutgoingMessage> inFlight = new();
    readonly Dictionary<ushort, LinkedListNode<OutgoingMessage>> byIdentifier = [];
    readonly Queue<OutgoingMessage> waiting = new();
    LinkedListNode<OutgoingMessage>? toRepeat;
    long bytes;
    int sentHere;
    ushort lastIdentifier;

    public int Count => inFlight.Count + waiting.Count;

    public int InFlightCount => inFlight.Count;

    /// <summary>In the order in which they go out.</summary>
    public IEnumerable<OutgoingMessage> All => inFlight.Concat(waiting);

    public ushort LastIdentifier => lastIdentifier;

    /// <summary>Adds a message at the end; false, and counted, if the session or all sessions together have no room.</summary>
    /// <param name="message">The message.</param>
    /// <param name="maximumBytes">Most bytes of this session.</param>
    public bool TryAdd(OutgoingMessage message, long maximumBytes)
    {
        long size = message.Content.Size;
        MqttListenerOptions options = services.Options;
        if (Count >= options.MaximumQueuedMessagesPerSession || bytes + size > maximumBytes
            || !services.Budget.TryTake(size))
        {
            services.Statistics.CountDropped(MqttDropReason.QueueFull);
            return false;
        }

        bytes += size;
        waiting.Enqueue(message);
        return true;
    }

    /// <summary>Puts back what was saved, in order and past all limits.</summary>
    public void Restore(OutgoingMessage message)
    {
        bytes += message.Content.Size;
        services.Budget.Take(message.Content.Size);
        if (message.Step == DeliveryStep.Waiting) waiting.Enqueue(message);
        else byIdentifier.Add(message.PacketIdentifier, inFlight.AddLast(message));
    }

    public void RestoreLastIdentifier(ushort identifier) => lastIdentifier = identifier;

    /// <summary>A new connection: all that is in flight goes out again, in order, before anything else ([MQTT-4.4.0-1]).</summary>
    public void BeginConnection()
    {
        foreach (OutgoingMessage message in inFlight) message.IsSentHere = false;
        (sentHere, toRepeat) = (0, inFlight.First);
    }

    /// <summary>Writes what the client's Receive Maximum allows, without flushing.</summary>
    /// <returns>Whether anything has changed.</returns>
    public bool Pump(MqttConnection connection)
    {
        bool isChanged = false;
        DateTimeOffset now = services.Time.GetUtcNow();
        while (toRepeat is { } node)
        {
            if (node.Value.Step == DeliveryStep.Published && sentHere >= connection.SendWindow) return isChanged;
            toRepeat = node.Next;
            isChanged |= !Repeat(connection, node, now);
        }

        while (sentHere < connection.SendWindow && inFlight.Count < ushort.MaxValue && waiting.TryDequeue(out OutgoingMessage? message))
        {
            isChanged = true;
            Begin(connection, message, now);
        }

        return isChanged;
    }

    // False if the message is gone: the client may no longer have it or takes no packets of that size.
    bool Repeat(MqttConnection connection, LinkedListNode<OutgoingMessage> node, DateTimeOffset now)
    {
        OutgoingMessage message = node.Value;
        if (message.Step == DeliveryStep.Released)
        {
            connection.WritePubRel(message.PacketIdentifier);
            return true;
        }

        if (!TryWrite(connection, message, now, isDuplicate: true))
        {
            Complete(node);
            return false;
        }

        message.IsSentHere = true;
        sentHere++;
        return true;
    }

    void Begin(MqttConnection connection, OutgoingMessage message, DateTimeOffset now)
    {
        if (message.Content.IsExpired(now))
        {
            services.Statistics.CountDropped(MqttDropReason.Expired);
            GiveBack(message);
            return;
        }

        message.PacketIdentifier = NextIdentifier();
        if (!TryWrite(connection, message, now, isDuplicate: false))
        {
            GiveBack(message);
            return;
        }

        (message.Step, message.IsSentHere) = (DeliveryStep.Published, true);
        sentHere++;
        byIdentifier.Add(message.PacketIdentifier, inFlight.AddLast(message));
        services.Statistics.CountDelivered();
    }

    bool TryWrite(MqttConnection connection, OutgoingMessage message, DateTimeOffset now, bool isDuplicate)
    {
        MessageContent content = message.Content;
        if (!ClientSession.MayReceive(connection.Session!, content.Topic))
        {
            services.Statistics.CountDropped(MqttDropReason.NotAuthorized);
            return false;
        }

        return connection.TryWrite(new Codec.PublishEncoding
        {
            Version = connection.Version,
            Topic = content.Topic,
            Payload = content.Payload,
            Properties = content.Properties,
            MessageExpiryOffset = content.MessageExpiryOffset,
            RemainingExpiry = content.RemainingExpiry(now),
            SubscriptionIdentifiers = message.SubscriptionIdentifiers,
            QualityOfService = message.QualityOfService,
            PacketIdentifier = message.PacketIdentifier,
            Retain = message.Retain,
            Duplicate = isDuplicate,
        });
    }

    /// <summary>Finds the message that a client's acknowledgement is about.</summary>
    public bool TryFind(ushort identifier, [NotNullWhen(true)] out LinkedListNode<OutgoingMessage>? node) =>
        byIdentifier.TryGetValue(identifier, out node);

    /// <summary>PUBREC has come: the content is given back, the identifier stays in use.</summary>
    public void Release(OutgoingMessage message)
    {
        GiveBack(message);
        message.Release();
    }

    /// <summary>The exchange is over.</summary>
    public void Complete(LinkedListNode<OutgoingMessage> node)
    {
        OutgoingMessage message = node.Value;
        if (node == toRepeat) toRepeat = node.Next;
        if (message.IsSentHere) sentHere--;
        inFlight.Remove(node);
        byIdentifier.Remove(message.PacketIdentifier);
        GiveBack(message);
    }

    /// <summary>Forgets everything and answers with what it was: the session has ended.</summary>
    public OutgoingMessage[] TakeAll()
    {
        OutgoingMessage[] all = [.. All];
        foreach (OutgoingMessage message in all) GiveBack(message);
        inFlight.Clear();
        byIdentifier.Clear();
        waiting.Clear();
        (toRepeat, sentHere) = (null, 0);
        return all;
    }

    void GiveBack(OutgoingMessage message)
    {
        bytes -= message.Content.Size;
        services.Budget.Return(message.Content.Size);
    }

    // There is a free one: Pump has made sure.
    ushort NextIdentifier()
    {
        do
        {
            lastIdentifier = lastIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(lastIdentifier + 1);
        }
        while (byIdentifier.ContainsKey(lastIdentifier));
        return lastIdentifier;
    }
}
