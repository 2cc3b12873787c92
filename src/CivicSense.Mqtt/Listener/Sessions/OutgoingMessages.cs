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
    // With what each waits to be sent as: PUBLISH or PUBREL.
    readonly Queue<(LinkedListNode<OutgoingMessage> Node, DeliveryStep Step)> unsaved = new();
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
        message.IsSent = message.Step != DeliveryStep.Waiting;
        if (message.Step == DeliveryStep.Waiting) waiting.Enqueue(message);
        else byIdentifier.Add(message.PacketIdentifier, inFlight.AddLast(message));
    }

    public void RestoreLastIdentifier(ushort identifier) => lastIdentifier = identifier;

    /// <summary>A new connection: all that is in flight goes out again, in order, before anything else ([MQTT-4.4.0-1]).</summary>
    public void BeginConnection()
    {
        foreach (OutgoingMessage message in inFlight) message.IsSentHere = false;
        unsaved.Clear();
        (sentHere, toRepeat) = (0, inFlight.First);
    }

    /// <summary>Writes what the client's Receive Maximum allows, without flushing.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="isSaved">
    /// Whether the session is one that is saved. Of such a one QoS 2 messages only get their packet identifier here; see
    /// <see cref="Hold"/>.
    /// </param>
    public void Pump(MqttConnection connection, bool isSaved)
    {
        DateTimeOffset now = services.Time.GetUtcNow();
        while (toRepeat is { } node)
        {
            if (node.Value.Step == DeliveryStep.Published && sentHere >= connection.SendWindow) return;
            toRepeat = node.Next;
            Repeat(connection, node, now);
        }

        while (sentHere < connection.SendWindow && inFlight.Count < ushort.MaxValue && waiting.TryDequeue(out OutgoingMessage? message))
            Begin(connection, message, isSaved && message.QualityOfService == 2, now);
    }

    void Repeat(MqttConnection connection, LinkedListNode<OutgoingMessage> node, DateTimeOffset now)
    {
        OutgoingMessage message = node.Value;
        if (message.Step == DeliveryStep.Published)
        {
            message.IsSentHere = true;
            sentHere++;
        }

        if (message.SavedTicket > services.Commit?.DurableTicket) unsaved.Enqueue((node, message.Step));
        else SendStep(connection, node, now);
    }

    void SendStep(MqttConnection connection, LinkedListNode<OutgoingMessage> node, DateTimeOffset now)
    {
        if (node.Value.Step == DeliveryStep.Released) connection.WritePubRel(node.Value.PacketIdentifier);
        else Send(connection, node, now);
    }

    // If it is not sent, it is gone: the client may no longer have it or takes no packets of that size.
    void Send(MqttConnection connection, LinkedListNode<OutgoingMessage> node, DateTimeOffset now)
    {
        OutgoingMessage message = node.Value;
        // [MQTT-3.3.2-5]: one that has waited for its save has not been started yet.
        if (!message.IsSent && message.Content.IsExpired(now))
        {
            services.Statistics.CountDropped(MqttDropReason.Expired);
            Complete(node);
            return;
        }

        if (!TryWrite(connection, message, now, message.IsSent))
        {
            Complete(node);
            return;
        }

        if (!message.IsSent) services.Statistics.CountDelivered();
        message.IsSent = true;
    }

    /// <summary>The commit that the next message with an unsaved packet identifier or release waits for; null if none does.</summary>
    public long? UnsavedTicket =>
        unsaved.TryPeek(out (LinkedListNode<OutgoingMessage> Node, DeliveryStep Step) next) ? next.Node.Value.SavedTicket : null;

    /// <summary>
    /// Says with which commit the packet identifiers become durable that <see cref="Pump"/> has given. A message that went out
    /// before would, after a crash, go out once more under another identifier, and its client would take it for another (section 4.3.3).
    /// </summary>
    public void Hold(long savedTicket)
    {
        foreach ((LinkedListNode<OutgoingMessage> node, _) in unsaved)
        {
            if (node.Value.SavedTicket == 0) node.Value.SavedTicket = savedTicket;
        }
    }

    /// <summary>Writes, without flushing, what has been saved meanwhile.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="durableTicket">The newest commit that is durable.</param>
    public void SendSaved(MqttConnection connection, long durableTicket)
    {
        while (UnsavedTicket <= durableTicket)
        {
            (LinkedListNode<OutgoingMessage> node, DeliveryStep step) = unsaved.Dequeue();
            // A client may have answered what it has not got. Then it has an answer to that, too.
            if (node.List == inFlight && node.Value.Step == step) SendStep(connection, node, services.Time.GetUtcNow());
        }
    }

    void Begin(MqttConnection connection, OutgoingMessage message, bool waitsForSave, DateTimeOffset now)
    {
        if (message.Content.IsExpired(now))
        {
            services.Statistics.CountDropped(MqttDropReason.Expired);
            GiveBack(message);
            return;
        }

        message.PacketIdentifier = NextIdentifier();
        (message.Step, message.IsSentHere) = (DeliveryStep.Published, true);
        sentHere++;
        LinkedListNode<OutgoingMessage> node = inFlight.AddLast(message);
        byIdentifier.Add(message.PacketIdentifier, node);
        if (waitsForSave) unsaved.Enqueue((node, message.Step));
        else Send(connection, node, now);
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
        unsaved.Clear();
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
