namespace CivicSense.Mqtt.Listener;

/// <summary>What a message says, kept once for all sessions that wait for it.</summary>
sealed record MessageContent(byte[] Topic, byte[] Payload, byte[] Properties, int MessageExpiryOffset, DateTimeOffset? ExpiresAt)
{
    public long Size => (long)Topic.Length + Payload.Length + Properties.Length;

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Seconds that are left of the Message Expiry Interval, at least 1 ([MQTT-3.3.2-6]); null without one.</summary>
    public uint? RemainingExpiry(DateTimeOffset now) =>
        ExpiresAt is { } end ? (uint)Math.Clamp(Math.Ceiling((end - now).TotalSeconds), 1, uint.MaxValue) : null;

    public static MessageContent Copy(in RoutedMessage message, DateTimeOffset now) => new(
        message.Topic.ToArray(), message.Payload.ToArray(), message.Properties.ToArray(), message.MessageExpiryOffset,
        message.MessageExpiryOffset >= 0 ? now.AddSeconds(message.MessageExpiryInterval) : null);
}

/// <summary>How far the delivery of a QoS 1 or 2 message has come, MQTT 5.0 section 4.3.</summary>
enum DeliveryStep : byte
{
    /// <summary>Nothing has been sent.</summary>
    Waiting = 0,

    /// <summary>PUBLISH has been sent; PUBACK or PUBREC is to come.</summary>
    Published = 1,

    /// <summary>PUBREC has come; PUBCOMP is to come. The content is no longer needed.</summary>
    Released = 2,
}

/// <summary>A QoS 1 or 2 message on its way to one session's client. Guarded by the session.</summary>
sealed class OutgoingMessage(
    MessageContent content, byte qualityOfService, bool retain, int[] subscriptionIdentifiers, byte[]? sharedFilter)
{
    public MessageContent Content { get; private set; } = content;

    public byte QualityOfService => qualityOfService;

    public bool Retain => retain;

    public int[] SubscriptionIdentifiers => subscriptionIdentifiers;

    /// <summary>The shared subscription that it came by; null for one of the session's own.</summary>
    public byte[]? SharedFilter => sharedFilter;

    /// <summary>0 while <see cref="DeliveryStep.Waiting"/>.</summary>
    public ushort PacketIdentifier { get; set; }

    public DeliveryStep Step { get; set; }

    /// <summary>
    /// Whether PUBLISH goes or has gone out on the present connection, so that it counts against the client's Receive Maximum.
    /// </summary>
    public bool IsSentHere { get; set; }

    /// <summary>Whether the client may have it already, so that the next PUBLISH says DUP ([MQTT-3.3.1-1]).</summary>
    public bool IsSent { get; set; }

    /// <summary>The session commit that has to be durable before PUBLISH, or once released PUBREL, may go out; 0 for none.</summary>
    public long SavedTicket { get; set; }

    /// <summary>Drops the content, of which only the identifier is needed from now on.</summary>
    public void Release() =>
        (Step, Content) = (DeliveryStep.Released, new MessageContent(Content.Topic[..0], [], [], -1, null));
}
