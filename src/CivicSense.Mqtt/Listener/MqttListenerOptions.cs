namespace CivicSense.Mqtt;

/// <summary>The limits of an MQTT listener. Checked when the host starts.</summary>
public sealed class MqttListenerOptions
{
    /// <summary>Time from accepting a connection to its complete CONNECT and the decision on it. Default 10 s; 100 ms to 5 min.</summary>
    public TimeSpan ConnectDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest CONNECT packet in bytes. Default 4,096; 64 to 65,536.</summary>
    public int MaximumConnectPacketSize { get; set; } = 4 * 1024;

    /// <summary>
    /// Largest payload in bytes that is kept. A longer one is skipped as it streams in and handed over with
    /// <see cref="MqttIncomingMessage.PayloadOmitted"/>. Default 65,536; 0 to 524,288 (half of what Kestrel reads ahead by default).
    /// </summary>
    public int MaximumPayloadSize { get; set; } = 64 * 1024;

    /// <summary>
    /// Largest packet after CONNECT in bytes, not counting the payload of a PUBLISH. Default 73,728, which holds the longest legal topic
    /// and 8 KiB of properties; 128 to 262,144.
    /// </summary>
    public int MaximumControlPacketSize { get; set; } = 72 * 1024;

    /// <summary>
    /// Longest keep-alive. An MQTT 5.0 client that asks for more, or for none, is told this one. An MQTT 3.1.1 client cannot be told and
    /// keeps its own. Whole seconds. Default 1,200 s; 1 s to 65,535 s.
    /// </summary>
    public TimeSpan MaximumKeepAlive { get; set; } = TimeSpan.FromSeconds(1200);

    /// <summary>
    /// Most unacknowledged QoS 1 and 2 messages from one connection. An MQTT 5.0 client that sends more is disconnected with 0x93; an MQTT
    /// 3.1.1 client is not read from until acknowledgements have gone out. Default 1,024; 1 to 65,535.
    /// </summary>
    public int ReceiveMaximum { get; set; } = 1024;

    /// <summary>
    /// Largest packet after CONNECT in bytes, payload included; announced to MQTT 5.0 clients as Maximum Packet Size. A larger one ends the
    /// connection with 0x95. Default 1,048,576; 128 to 268,435,460.
    /// </summary>
    public int MaximumPacketSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Most topic aliases that a client may use on one connection (MQTT 5.0 section 3.3.2.3.4). Default 16; 0 to 65,535.
    /// </summary>
    public int TopicAliasMaximum { get; set; } = 16;

    /// <summary>Most topic aliases that this side uses towards a client that takes some. Default 16; 0 to 65,535.</summary>
    public int MaximumOutgoingTopicAliases { get; set; } = 16;

    /// <summary>Most user properties of one packet; a packet with more ends the connection with 0x97. Default 64; 0 to 10,000.</summary>
    public int MaximumUserProperties { get; set; } = 64;

    /// <summary>Most bytes of user property names and values in one packet. Default 8,192; 0 to 262,144.</summary>
    public int MaximumUserPropertyBytes { get; set; } = 8 * 1024;

    /// <summary>
    /// Messages a second, sustained, that one connection may publish. Above it the connection is read more slowly; nothing is dropped.
    /// 0 is no limit. Default 0; 0 to 10,000,000.
    /// </summary>
    public double PublishRate { get; set; }

    /// <summary>
    /// Messages that may come at once before <see cref="PublishRate"/> slows a connection down. Default 100; 1 to 1,000,000.
    /// </summary>
    public int PublishBurst { get; set; } = 100;

    /// <summary>
    /// Topic filters a second, sustained, that one connection may subscribe to and unsubscribe from: each changes what is saved of the
    /// session, and may look through all retained messages. Above it the connection is read more slowly. 0 is no limit. Default 0; 0 to
    /// 10,000,000.
    /// </summary>
    public double SubscribeRate { get; set; }

    /// <summary>
    /// Topic filters that may come at once before <see cref="SubscribeRate"/> slows a connection down. Default 200; 1 to 1,000,000.
    /// </summary>
    public int SubscribeBurst { get; set; } = 200;

    /// <summary>
    /// Most unacknowledged QoS 1 and 2 messages on their way to one client, if the client's Receive Maximum is not lower.
    /// Default 64; 1 to 65,535.
    /// </summary>
    public int MaximumInflightMessages { get; set; } = 64;

    /// <summary>
    /// Most connections at one time, if the process may have so many files (<see cref="MqttListenerExtensions.AddMqttListener"/>); more are
    /// closed as soon as they are accepted. Default 20,000; 1 to 1,000,000.
    /// </summary>
    public int MaximumConnections { get; set; } = 20_000;

    /// <summary>
    /// Most connections of one identity, so that nobody can use up what all share; more are refused with 0x97. Default 16; 1 to 1,000,000.
    /// </summary>
    public int MaximumConnectionsPerIdentity { get; set; } = 16;

    /// <summary>
    /// Most connections from one network address; more are closed as soon as they are accepted. Gateways, address translation and load
    /// balancers put many clients behind one address. Default 1,024; 1 to 1,000,000.
    /// </summary>
    public int MaximumConnectionsPerAddress { get; set; } = 1024;

    /// <summary>
    /// Most bytes that all connections together may have sent before they are let in; a connection that would exceed it is closed.
    /// Default 8 MiB; 4,096 to 1 GiB.
    /// </summary>
    public long MaximumUnauthenticatedBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Most sessions, connected or not. When it is reached, a client without a session is refused with 0x97. Default 20,000; 1 to
    /// 1,000,000.
    /// </summary>
    public int MaximumSessions { get; set; } = 20_000;

    /// <summary>
    /// Longest time for which a session is kept after its connection; a client that asks for more is told this one. MQTT 3.1.1 clients
    /// that want a session to be kept get it. Zero keeps none. Default 7 days; 0 to 136 years.
    /// </summary>
    public TimeSpan MaximumSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most subscriptions of one session. Default 64; 0 to 65,535.</summary>
    public int MaximumSubscriptionsPerSession { get; set; } = 64;

    /// <summary>
    /// What SUBACK says about a filter that the application does not allow. Default <see cref="MqttReasonCode.NotAuthorized"/>; any reason
    /// of 0x80 or above that SUBACK may carry.
    /// </summary>
    public MqttReasonCode SubscriptionRefusal { get; set; } = MqttReasonCode.NotAuthorized;

    /// <summary>Longest topic name or filter in bytes. Default 1,024; 1 to 65,535.</summary>
    public int MaximumTopicLength { get; set; } = 1024;

    /// <summary>Most levels of a topic name or filter. Default 32; 1 to 128.</summary>
    public int MaximumTopicLevels { get; set; } = 32;

    /// <summary>Most retained messages; further topics are delivered but not retained. Default 10,000; 0 to 1,000,000.</summary>
    public int MaximumRetainedMessages { get; set; } = 10_000;

    /// <summary>Most bytes (topic, properties and payload) of all retained messages together. Default 16 MiB; 0 to 1 GiB.</summary>
    public long MaximumRetainedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Most retained messages that were published under one identity, so that nobody can use up what all share; further topics are
    /// delivered but not retained. Default 1,000; 0 to 1,000,000.
    /// </summary>
    public int MaximumRetainedMessagesPerIdentity { get; set; } = 1000;

    /// <summary>Most bytes (topic, properties and payload) of them together. Default 1 MiB; 0 to 1 GiB.</summary>
    public long MaximumRetainedBytesPerIdentity { get; set; } = 1024 * 1024;

    /// <summary>
    /// Most bytes that wait to be sent to one client, and again most bytes of QoS 1 and 2 messages that its session keeps. Deliveries
    /// beyond are dropped and counted, and a client whose answers exceed it is not read from. Default 262,144; 1,024 to 67,108,864.
    /// </summary>
    public int MaximumQueuedBytesPerSession { get; set; } = 256 * 1024;

    /// <summary>
    /// Most QoS 1 and 2 messages that one session keeps for its client; more are dropped and counted. Default 1,000; 1 to 1,000,000.
    /// </summary>
    public int MaximumQueuedMessagesPerSession { get; set; } = 1000;

    /// <summary>
    /// Most bytes (topic, properties and payload) that all sessions together keep for their clients. Default 64 MiB; 0 to 16 GiB.
    /// </summary>
    public long MaximumQueuedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>What is out of range, one sentence each with key, value and range; empty if nothing is.</summary>
    public IEnumerable<string> FindErrors()
    {
        string?[] errors =
        [
            Check(nameof(ConnectDeadline), ConnectDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
            Check(nameof(MaximumConnectPacketSize), MaximumConnectPacketSize, 64, 65_536),
            Check(nameof(MaximumPayloadSize), MaximumPayloadSize, 0, 524_288),
            Check(nameof(MaximumControlPacketSize), MaximumControlPacketSize, 128, 262_144),
            Check(nameof(MaximumKeepAlive), MaximumKeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(65_535)),
            Check(nameof(ReceiveMaximum), ReceiveMaximum, 1, 65_535),
            Check(nameof(MaximumPacketSize), MaximumPacketSize, 128, 268_435_460),
            Check(nameof(TopicAliasMaximum), TopicAliasMaximum, 0, 65_535),
            Check(nameof(MaximumOutgoingTopicAliases), MaximumOutgoingTopicAliases, 0, 65_535),
            Check(nameof(MaximumUserProperties), MaximumUserProperties, 0, 10_000),
            Check(nameof(MaximumUserPropertyBytes), MaximumUserPropertyBytes, 0, 262_144),
            Check(nameof(PublishRate), PublishRate, 0.0, 10_000_000.0),
            Check(nameof(PublishBurst), PublishBurst, 1, 1_000_000),
            Check(nameof(SubscribeRate), SubscribeRate, 0.0, 10_000_000.0),
            Check(nameof(SubscribeBurst), SubscribeBurst, 1, 1_000_000),
            Check(nameof(MaximumInflightMessages), MaximumInflightMessages, 1, 65_535),
            Check(nameof(MaximumConnectionsPerAddress), MaximumConnectionsPerAddress, 1, 1_000_000),
            Check(nameof(MaximumUnauthenticatedBytes), MaximumUnauthenticatedBytes, 4096L, 1L << 30),
            Check(nameof(MaximumSessions), MaximumSessions, 1, 1_000_000),
            Check(nameof(MaximumSessionExpiry), MaximumSessionExpiry, TimeSpan.Zero, TimeSpan.FromSeconds(uint.MaxValue)),
            Check(nameof(MaximumTopicLength), MaximumTopicLength, 1, 65_535),
            Check(nameof(MaximumQueuedMessagesPerSession), MaximumQueuedMessagesPerSession, 1, 1_000_000),
            Check(nameof(MaximumQueuedBytes), MaximumQueuedBytes, 0L, 1L << 34),
            Check(nameof(MaximumConnections), MaximumConnections, 1, 1_000_000),
            Check(nameof(MaximumConnectionsPerIdentity), MaximumConnectionsPerIdentity, 1, 1_000_000),
            Check(nameof(MaximumSubscriptionsPerSession), MaximumSubscriptionsPerSession, 0, 65_535),
            Check(nameof(MaximumTopicLevels), MaximumTopicLevels, 1, 128),
            Check(nameof(MaximumRetainedMessages), MaximumRetainedMessages, 0, 1_000_000),
            Check(nameof(MaximumRetainedBytes), MaximumRetainedBytes, 0L, 1L << 30),
            Check(nameof(MaximumRetainedMessagesPerIdentity), MaximumRetainedMessagesPerIdentity, 0, 1_000_000),
            Check(nameof(MaximumRetainedBytesPerIdentity), MaximumRetainedBytesPerIdentity, 0L, 1L << 30),
            Check(nameof(MaximumQueuedBytesPerSession), MaximumQueuedBytesPerSession, 1024, 67_108_864),
        ];
        foreach (string error in errors.OfType<string>()) yield return error;
        if ((byte)SubscriptionRefusal < 0x80 || !Codec.ReasonCodes.IsAllowed(Codec.MqttPacketType.SubAck, SubscriptionRefusal))
        {
            yield return $"{nameof(MqttListenerOptions)}.{nameof(SubscriptionRefusal)} is {SubscriptionRefusal}; "
                + "it has to be a refusal that SUBACK may carry.";
        }
    }

    static string? Check<T>(string key, T value, T minimum, T maximum)
        where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 && value.CompareTo(maximum) <= 0
            ? null
            : FormattableString.Invariant($"{nameof(MqttListenerOptions)}.{key} is {value}; allowed is {minimum} to {maximum}.");
}
