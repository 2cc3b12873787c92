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
    /// Most unacknowledged QoS 1 messages from one connection. An MQTT 5.0 client that sends more is disconnected with 0x93; an MQTT 3.1.1
    /// client is not read from until acknowledgements have gone out. Default 1,024; 1 to 65,535.
    /// </summary>
    public int ReceiveMaximum { get; set; } = 1024;

    /// <summary>Most connections at one time; more are closed as soon as they are accepted. Default 20,000; 1 to 1,000,000.</summary>
    public int MaximumConnections { get; set; } = 20_000;

    /// <summary>
    /// Most connections of one identity, so that nobody can use up what all share; more are refused with 0x97. Default 16; 1 to 1,000,000.
    /// </summary>
    public int MaximumConnectionsPerIdentity { get; set; } = 16;

    /// <summary>Most subscriptions of one session. Default 64; 0 to 65,535.</summary>
    public int MaximumSubscriptionsPerSession { get; set; } = 64;

    /// <summary>Most levels of a topic filter. Default 32; 1 to 128.</summary>
    public int MaximumTopicLevels { get; set; } = 32;

    /// <summary>Most retained messages; further topics are delivered but not retained. Default 10,000; 0 to 1,000,000.</summary>
    public int MaximumRetainedMessages { get; set; } = 10_000;

    /// <summary>Most bytes (topic, properties and payload) of all retained messages together. Default 16 MiB; 0 to 1 GiB.</summary>
    public long MaximumRetainedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Most bytes that wait to be sent to one client. QoS 0 deliveries beyond are dropped and counted, and a client whose answers exceed it
    /// is not read from. Default 262,144; 1,024 to 67,108,864.
    /// </summary>
    public int MaximumQueuedBytesPerSession { get; set; } = 256 * 1024;

    /// <summary>What is out of range, one sentence each with key, value and range; empty if nothing is.</summary>
    internal IEnumerable<string> FindErrors()
    {
        string?[] errors =
        [
            Check(nameof(ConnectDeadline), ConnectDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
            Check(nameof(MaximumConnectPacketSize), MaximumConnectPacketSize, 64, 65_536),
            Check(nameof(MaximumPayloadSize), MaximumPayloadSize, 0, 524_288),
            Check(nameof(MaximumControlPacketSize), MaximumControlPacketSize, 128, 262_144),
            Check(nameof(MaximumKeepAlive), MaximumKeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(65_535)),
            Check(nameof(ReceiveMaximum), ReceiveMaximum, 1, 65_535),
            Check(nameof(MaximumConnections), MaximumConnections, 1, 1_000_000),
            Check(nameof(MaximumConnectionsPerIdentity), MaximumConnectionsPerIdentity, 1, 1_000_000),
            Check(nameof(MaximumSubscriptionsPerSession), MaximumSubscriptionsPerSession, 0, 65_535),
            Check(nameof(MaximumTopicLevels), MaximumTopicLevels, 1, 128),
            Check(nameof(MaximumRetainedMessages), MaximumRetainedMessages, 0, 1_000_000),
            Check(nameof(MaximumRetainedBytes), MaximumRetainedBytes, 0L, 1L << 30),
            Check(nameof(MaximumQueuedBytesPerSession), MaximumQueuedBytesPerSession, 1024, 67_108_864),
        ];
        return errors.OfType<string>();
    }

    static string? Check<T>(string key, T value, T minimum, T maximum)
        where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 && value.CompareTo(maximum) <= 0
            ? null
            : FormattableString.Invariant($"{nameof(MqttListenerOptions)}.{key} is {value}; allowed is {minimum} to {maximum}.");
}
