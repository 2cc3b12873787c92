namespace CivicSense.Mqtt;

/// <summary>Totals of a listener since its start. All members may be read from any thread at any time.</summary>
public sealed class MqttListenerStatistics
{
    readonly long[] refusals = new long[256];
    readonly long[] protocolErrors = new long[256];
    long connectionsAccepted;
    long connectionsOpen;
    long connectionsOverLimit;
    long connectDeadlinesMissed;
    long messagesReceived;
    long payloadsOmitted;
    long messagesAcknowledged;
    long messagesDelivered;
    long deliveriesDropped;
    long retainedRefused;

    /// <summary>Clients that were let in.</summary>
    public long ConnectionsAccepted => Interlocked.Read(ref connectionsAccepted);

    /// <summary>Network connections open now, with or without a CONNECT.</summary>
    public long ConnectionsOpen => Interlocked.Read(ref connectionsOpen);

    /// <summary>Connections closed at once because <see cref="MqttListenerOptions.MaximumConnections"/> were open.</summary>
    public long ConnectionsOverLimit => Interlocked.Read(ref connectionsOverLimit);

    /// <summary>Connections closed because no complete CONNECT had come in time.</summary>
    public long ConnectDeadlinesMissed => Interlocked.Read(ref connectDeadlinesMissed);

    /// <summary>PUBLISH packets that were handed to the application.</summary>
    public long MessagesReceived => Interlocked.Read(ref messagesReceived);

    /// <summary>Those of them whose payload was too long to keep.</summary>
    public long PayloadsOmitted => Interlocked.Read(ref payloadsOmitted);

    /// <summary>PUBACK packets sent.</summary>
    public long MessagesAcknowledged => Interlocked.Read(ref messagesAcknowledged);

    /// <summary>Messages queued for subscribers.</summary>
    public long MessagesDelivered => Interlocked.Read(ref messagesDelivered);

    /// <summary>Messages dropped for a subscriber that was too slow or takes no packet of that size.</summary>
    public long DeliveriesDropped => Interlocked.Read(ref deliveriesDropped);

    /// <summary>Messages that were not retained because the store was full.</summary>
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

    internal void CountDeliveryDropped() => Interlocked.Increment(ref deliveriesDropped);

    internal void CountRetainedRefused() => Interlocked.Increment(ref retainedRefused);

    internal void CountRefused(MqttReasonCode reason) => Interlocked.Increment(ref refusals[(byte)reason]);

    internal void CountProtocolError(MqttReasonCode reason) => Interlocked.Increment(ref protocolErrors[(byte)reason]);
}
