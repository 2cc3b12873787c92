using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// What the listener keeps for one client identifier of one identity, MQTT 5.0 section 4.1. It may outlive its connections; at most one of
/// them owns it at a time.
/// </summary>
/// <remarks>
/// Locks are taken in this order: <see cref="SessionDirectory"/>, this session, then <see cref="MqttRouter"/> or a connection's output.
/// What belongs to the directory (owner, end, will) and to the router (mark) is guarded by theirs and not by this session's.
/// </remarks>
sealed partial class ClientSession(string identity, string clientId, SessionServices services)
{
    readonly Lock gate = new();
    MqttConnection? connection;
    IMqttSession? application;
    OutgoingMessages? outgoing;
    int? maximumQueuedBytes;
    bool hasEnded;
    long endsAtTicks;

    public string Identity => identity;

    public string ClientId => clientId;

    /// <summary>How long the session is kept after its connection; zero: it ends with the connection.</summary>
    public TimeSpan Expiry { get; set; }

    /// <summary>The connection that has claimed the session. Guarded by the directory.</summary>
    public MqttConnection? Owner { get; set; }

    /// <summary>When the session ends if nobody claims it; null while it is owned. Changed under the directory's lock.</summary>
    public DateTimeOffset? EndsAt
    {
        get => Interlocked.Read(ref endsAtTicks) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Interlocked.Exchange(ref endsAtTicks, value?.UtcTicks ?? 0);
    }

    /// <summary>Guarded by the directory.</summary>
    public PendingWill? Will { get; set; }

    /// <summary>The message that the router has last matched with this session, and where it noted that. Guarded by the router.</summary>
    public (long Message, int Index) RouteMark { get; set; } = (-1, 0);

    /// <summary>Packet identifiers of QoS 2 messages from the client. Guarded by this session.</summary>
    public IncomingIdentifiers Incoming { get; } = new();

    /// <summary>The highest ticket of the application for a QoS 2 message of this session. Guarded by this session.</summary>
    public long IncomingTicket { get; set; }

    /// <summary>Taken before anything here is changed.</summary>
    public Lock Gate => gate;

    /// <summary>What the application has said of whoever had the session last; null where nobody had since the listener started.</summary>
    public IMqttSession? Application => Volatile.Read(ref application);

    /// <summary>Whether whoever had the session last has lost the right to be here: then nobody else may go on with it.</summary>
    public bool IsRevoked => Volatile.Read(ref application) is { IsRevoked: true };

    /// <summary>Whether a client reads what is delivered. May be out of date when it is used.</summary>
    public bool IsConnected => Volatile.Read(ref connection) is not null;

    /// <summary>CONNACK has been put into the output: messages may follow, and what is in flight goes out again.</summary>
    public void Open(MqttConnection owner)
    {
        lock (gate)
        {
            (connection, application, savedWill) = (owner, owner.Session, null);
            maximumQueuedBytes = owner.Limits.MaximumQueuedBytes;
            outgoing?.BeginConnection();
            Pump(owner);
        }
    }

    /// <summary>The connection is gone; from now on messages are kept for the next.</summary>
    public void Close()
    {
        lock (gate)
        {
            connection = null;
            backlog = null;
            Incoming.Trim();
        }
    }

    /// <summary>Hands over one message that the router has matched.</summary>
    /// <param name="message">The message.</param>
    /// <param name="delivery">What this session gets of it.</param>
    /// <param name="content">A copy that all sessions share, made when the first needs it.</param>
    /// <param name="touched">The connection that has to be flushed, or null.</param>
    /// <returns>The ticket after which the message is kept for good; 0 if that is not wanted.</returns>
    public long Deliver(in RoutedMessage message, in Delivery delivery, ref MessageContent? content, out MqttConnection? touched)
    {
        touched = null;
        lock (gate)
        {
            if (hasEnded) return 0;
            // A session that has just been loaded has no rights to ask for yet; they are asked for when it is sent.
            if (application is not null && !MayReceive(application, message.Topic))
            {
                services.Statistics.CountDropped(MqttDropReason.NotAuthorized);
                return 0;
            }

            if (delivery.QualityOfService == 0)
            {
                if (connection is null) services.Statistics.CountDropped(MqttDropReason.Offline);
                else if (connection.TryDeliver(message, delivery)) touched = connection;
                return 0;
            }

            outgoing ??= new OutgoingMessages(services);
            content ??= MessageContent.Copy(message, services.Time.GetUtcNow());
            var kept = new OutgoingMessage(
                content, delivery.QualityOfService, delivery.Retain, delivery.SubscriptionIdentifiers, delivery.SharedFilter);
            if (!outgoing.TryAdd(kept, maximumQueuedBytes ?? services.Options.MaximumQueuedBytesPerSession)) return 0;
            touched = connection;
            return Pump(connection);
        }
    }

    /// <summary>Asks the application. One that fails has not said yes, and whoever published has nothing to do with that.</summary>
    public static bool MayReceive(IMqttSession application, ReadOnlySpan<byte> topic)
    {
        try
        {
            return application.MayReceive(topic);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>PUBACK, MQTT 5.0 section 4.3.2.</summary>
    public MqttReasonCode HandlePubAck(MqttConnection from, in AcknowledgementPacket packet)
    {
        lock (gate)
        {
            // One for a message that a session before this had sent is late, not wrong.
            if (outgoing is null || !outgoing.TryFind(packet.PacketIdentifier, out LinkedListNode<OutgoingMessage>? node))
                return MqttReasonCode.Success;

            if (node.Value.QualityOfService != 1) return MqttReasonCode.ProtocolError;
            outgoing.Complete(node);
            Pump(from);
            return MqttReasonCode.Success;
        }
    }

    /// <summary>PUBREC, MQTT 5.0 section 4.3.3: answered by PUBREL, which the caller sends when the ticket is durable.</summary>
    /// <param name="from">The connection that it came by.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="answer">The reason code of the PUBREL; null if none is due.</param>
    /// <param name="ticket">When the PUBREL may go out.</param>
    /// <returns>Success, or what is wrong.</returns>
    public MqttReasonCode HandlePubRec(MqttConnection from, in AcknowledgementPacket packet, out MqttReasonCode? answer, out long ticket)
    {
        (answer, ticket) = (MqttReasonCode.Success, 0);
        lock (gate)
        {
            if (outgoing is null || !outgoing.TryFind(packet.PacketIdentifier, out LinkedListNode<OutgoingMessage>? node))
            {
                answer = packet.IsRefusal ? null : MqttReasonCode.PacketIdentifierNotFound;
                return MqttReasonCode.Success;
            }

            OutgoingMessage message = node.Value;
            if (message.QualityOfService != 2) return MqttReasonCode.ProtocolError;
            if (packet.IsRefusal)
            {
                // The client has refused the message, and the exchange ends here (section 4.3.3).
                outgoing.Complete(node);
                Pump(from);
                answer = null;
            }
            else if (message.Step == DeliveryStep.Published)
            {
                outgoing.Release(message);
                ticket = message.SavedTicket = MarkChanged();
            }
            else
            {
                // The first may not be durable yet.
                ticket = MarkChanged();
            }

            return MqttReasonCode.Success;
        }
    }

    /// <summary>PUBCOMP: the end of a QoS 2 exchange.</summary>
    public MqttReasonCode HandlePubComp(MqttConnection from, in AcknowledgementPacket packet)
    {
        lock (gate)
        {
            if (outgoing is null || !outgoing.TryFind(packet.PacketIdentifier, out LinkedListNode<OutgoingMessage>? node))
                return MqttReasonCode.Success;

            if (node.Value.Step != DeliveryStep.Released) return MqttReasonCode.ProtocolError;
            outgoing.Complete(node);
            Pump(from);
            return MqttReasonCode.Success;
        }
    }

    /// <summary>Whether an exchange of QoS 2 is under way, in which the client will write before it reads on.</summary>
    public bool IsExchanging
    {
        get
        {
            lock (gate) return Incoming.Count > 0 || outgoing?.InFlightCount > 0;
        }
    }

    /// <summary>The session has ended: its subscriptions go, and what it has kept is handed back for members of shared ones.</summary>
    public OutgoingMessage[] End(MqttRouter router)
    {
        lock (gate)
        {
            hasEnded = true;
            connection = null;
            foreach (Subscription subscription in subscriptions?.Values.ToArray() ?? []) router.Unsubscribe(subscription);
            (subscriptions, backlog) = (null, null);
            return outgoing?.TakeAll() ?? [];
        }
    }
}
