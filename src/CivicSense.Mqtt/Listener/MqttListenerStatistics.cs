namespace CivicSense.Mqtt;

/// <summary>Why a message did not reach a subscriber.</summary>
public enum MqttDropReason
{
    /// <summary>QoS 0 and the client reads too slowly.</summary>
    SlowClient,

    /// <summary>QoS 0 and the client is not connected.</summary>
    Offline,

    /// <summary>QoS 1 or 2 and the session, or all sessions together, keep as much as they may.</summary>
    QueueFull,

    /// <summary>The packet is larger than the client takes.</summary>
    TooLarge,

    /// <summary>The message expired before it could be sent.</summary>
    Expired,

    /// <summary>The client may not be given this topic, or may no longer.</summary>
    NotAuthorized,
}

/// <summary>Totals of a listener since its start. All members may be read from any thread at any time.</summary>
public sealed class MqttListenerStatistics
{
    readonly long[] refusals = new long[256];
    readonly long[] protocolErrors = new long[256];
    readonly long[] deliveriesDropped = new long[Enum.GetValues<MqttDropReason>().Length];
    long connectionsAccepted;
    long connectionsOpen;
    long connectionsOverLimit;
    long connectDeadlinesMissed;
    long messagesReceived;
    long payloadsOmitted;
    long messagesAcknowledged;
    long messagesDelivered;
    long retainedRefused;
    long sessions;
    long sessionsSaved;
    long sessionsUnreadable;

    /// <summary>Clients that were let in.</summary>
    public long ConnectionsAccepted => Interlocked.Read(ref connectionsAccepted);

    /// <summary>Network connections open now, with or without a CONNECT.</summary>
    public long ConnectionsOpen => Interlocked.Read(ref connectionsOpen);

    /// <summary>
    /// Connections closed because too many were open, in all or from their address, because strangers had sent too much, or because the
    /// process has no file descriptors to spare; the last also counts those of endpoints that do not speak MQTT.
    /// </summary>
    public long ConnectionsOverLimit => Interlocked.Read(ref connectionsOverLimit);

    /// <summary>Connections closed because no complete CONNECT had come in time.</summary>
    public long ConnectDeadlinesMissed => Interlocked.Read(ref connectDeadlinesMissed);

    /// <summary>PUBLISH packets that were handed to the application.</summary>
    public long MessagesReceived => Interlocked.Read(ref messagesReceived);

    /// <summary>Those of them whose payload was too long to keep.</summary>
    public long PayloadsOmitted => Interlocked.Read(ref payloadsOmitted);

    /// <summary>Acknowledgements sent for messages that clients published.</summary>
    public long MessagesAcknowledged => Interlocked.Read(ref messagesAcknowledged);

    /// <summary>Messages queued for subscribers.</summary>
    public long MessagesDelivered => Interlocked.Read(ref messagesDelivered);

    /// <summary>Messages that did not reach a subscriber, for whatever reason.</summary>
    public long DeliveriesDropped => deliveriesDropped.Select((_, reason) => Dropped((MqttDropReason)reason)).Sum();

    /// <summary>Sessions that exist now, with or without a connection.</summary>
    public long Sessions => Interlocked.Read(ref sessions);

    /// <summary>Session states that were written to the store.</summary>
    public long SessionsSaved => Interlocked.Read(ref sessionsSaved);

    /// <summary>Session states from the store that could not be read and were dropped.</summary>
    public long SessionsUnreadable => Interlocked.Read(ref sessionsUnreadable);

    /// <summary>Messages that did not reach a subscriber for this reason.</summary>
    public long Dropped(MqttDropReason reason) => Interlocked.Read(ref deliveriesDropped[(int)reason]);

    /// <summary>Messages that were not retained because the store, or the share of who published them, was full.</summary>
    public long RetainedRefused => Interlocked.Read(ref retainedRefused);

    /// <summary>Clients that were refused with this reason code.</summary>
    public long ConnectionsRefused(MqttReasonCode reason) => Interlocked.Read(ref refusals[(byte)reason]);

    /// <summary>Connections that were ended because of what the client sent, or did not send, by reason code.</summary>
    public long ProtocolErrors(MqttReasonCode reason) => Interlocked.Read(ref protocolErrors[(byte)reason]);

    internal void CountAccepted() => Interlocked.Increment(ref connectionsAccepted);

    internal long CountOpened() => Interlocked.Increment(ref connectionsOpen);

    internal void CountEnded() => Interlocked.Decrement(ref connectionsOpen);

    internal void CountOverLimit() => Interlocked.Increment(ref connectionsOverLimit);

    internal void CountConnectDeadlineMissed() => Interlocked.Increment(ref connectDeadlinesMissed);

    internal void CountReceived(int messages, int omitted)
    {
        Interlocked.Add(ref messagesReceived, messages);
        if (omitted > 0) Interlocked.Add(ref payloadsOmitted, omitted);
    }

    internal void CountAcknowledged(int messages) => Interlocked.Add(ref messagesAcknowledged, messages);

    internal void CountDelivered() => Interlocked.Increment(ref messagesDelivered);

    internal void CountDropped(MqttDropReason reason) => Interlocked.Increment(ref deliveriesDropped[(int)reason]);

    internal void CountSessionOpened() => Interlocked.Increment(ref sessions);

    internal void CountSessionEnded() => Interlocked.Decrement(ref sessions);

    internal void CountSessionsSaved(int states) => Interlocked.Add(ref sessionsSaved, states);

    internal void CountSessionUnreadable() => Interlocked.Increment(ref sessionsUnreadable);

    internal void CountRetainedRefused() => Interlocked.Increment(ref retainedRefused);

    internal void CountRefused(MqttReasonCode reason) => Interlocked.Increment(ref refusals[(byte)reason]);

    internal void CountProtocolError(MqttReasonCode reason) => Interlocked.Increment(ref protocolErrors[(byte)reason]);
}
