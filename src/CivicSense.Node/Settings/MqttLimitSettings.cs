using CivicSense.Ingestion;
using CivicSense.Mqtt;

namespace CivicSense.Node.Settings;

/// <summary>
/// Limits of the MQTT listener. Meaning and range of each are those of <see cref="MqttListenerOptions"/>, the default too where nothing
/// else is said; the last two are of <see cref="AnonymousReaderOptions"/>.
/// </summary>
sealed record MqttLimitSettings
{
    static readonly MqttListenerOptions Defaults = new();
    static readonly AnonymousReaderOptions ReaderDefaults = new();

    public TimeSpan ConnectDeadline { get; init; } = Defaults.ConnectDeadline;

    public TimeSpan MaximumKeepAlive { get; init; } = Defaults.MaximumKeepAlive;

    public int MaximumPacketSize { get; init; } = Defaults.MaximumPacketSize;

    public int ReceiveMaximum { get; init; } = Defaults.ReceiveMaximum;

    public int MaximumInflightMessages { get; init; } = Defaults.MaximumInflightMessages;

    public int MaximumConnections { get; init; } = Defaults.MaximumConnections;

    public int MaximumConnectionsPerAddress { get; init; } = Defaults.MaximumConnectionsPerAddress;

    public int MaximumConnectionsPerIdentity { get; init; } = Defaults.MaximumConnectionsPerIdentity;

    public long MaximumUnauthenticatedBytes { get; init; } = Defaults.MaximumUnauthenticatedBytes;

    public int MaximumSessions { get; init; } = Defaults.MaximumSessions;

    public TimeSpan MaximumSessionExpiry { get; init; } = Defaults.MaximumSessionExpiry;

    public int MaximumSubscriptionsPerSession { get; init; } = Defaults.MaximumSubscriptionsPerSession;

    public int MaximumQueuedMessagesPerSession { get; init; } = Defaults.MaximumQueuedMessagesPerSession;

    /// <summary>Default 4 MiB: whoever subscribes to all public topics of a city gets thousands of messages at once.</summary>
    public int MaximumQueuedBytesPerSession { get; init; } = 4 * 1024 * 1024;

    public long MaximumQueuedBytes { get; init; } = Defaults.MaximumQueuedBytes;

    /// <summary>Default 50,000: the public topics of a city are among them.</summary>
    public int MaximumRetainedMessages { get; init; } = 50_000;

    /// <summary>Default 64 MiB.</summary>
    public long MaximumRetainedBytes { get; init; } = 64 * 1024 * 1024;

    public int MaximumRetainedMessagesPerIdentity { get; init; } = Defaults.MaximumRetainedMessagesPerIdentity;

    public long MaximumRetainedBytesPerIdentity { get; init; } = Defaults.MaximumRetainedBytesPerIdentity;

    public int MaximumTopicLength { get; init; } = Defaults.MaximumTopicLength;

    public int MaximumTopicLevels { get; init; } = Defaults.MaximumTopicLevels;

    public int TopicAliasMaximum { get; init; } = Defaults.TopicAliasMaximum;

    public int MaximumOutgoingTopicAliases { get; init; } = Defaults.MaximumOutgoingTopicAliases;

    /// <summary>Default 100: a sensor sends one message in some seconds, a gateway a few in a second.</summary>
    public double PublishRate { get; init; } = 100;

    /// <summary>Default 10,000: a day of messages, one in ten seconds, that waited for a connection.</summary>
    public int PublishBurst { get; init; } = 10_000;

    /// <summary>Default 10: a client subscribes when it begins, to a handful of filters.</summary>
    public double SubscribeRate { get; init; } = 10;

    public int SubscribeBurst { get; init; } = Defaults.SubscribeBurst;

    public int MaximumAnonymousReaders { get; init; } = ReaderDefaults.Maximum;

    public int MaximumAnonymousReadersPerAddress { get; init; } = ReaderDefaults.MaximumPerAddress;

    /// <summary>Hands the limits to the listener, which checks them when the node starts.</summary>
    public void ApplyTo(MqttListenerOptions options)
    {
        options.ConnectDeadline = ConnectDeadline;
        options.MaximumKeepAlive = MaximumKeepAlive;
        options.MaximumPacketSize = MaximumPacketSize;
        options.ReceiveMaximum = ReceiveMaximum;
        options.MaximumInflightMessages = MaximumInflightMessages;
        options.MaximumConnections = MaximumConnections;
        options.MaximumConnectionsPerAddress = MaximumConnectionsPerAddress;
        options.MaximumConnectionsPerIdentity = MaximumConnectionsPerIdentity;
        options.MaximumUnauthenticatedBytes = MaximumUnauthenticatedBytes;
        options.MaximumSessions = MaximumSessions;
        options.MaximumSessionExpiry = MaximumSessionExpiry;
        options.MaximumSubscriptionsPerSession = MaximumSubscriptionsPerSession;
        options.MaximumQueuedMessagesPerSession = MaximumQueuedMessagesPerSession;
        options.MaximumQueuedBytesPerSession = MaximumQueuedBytesPerSession;
        options.MaximumQueuedBytes = MaximumQueuedBytes;
        options.MaximumRetainedMessages = MaximumRetainedMessages;
        options.MaximumRetainedBytes = MaximumRetainedBytes;
        options.MaximumRetainedMessagesPerIdentity = MaximumRetainedMessagesPerIdentity;
        options.MaximumRetainedBytesPerIdentity = MaximumRetainedBytesPerIdentity;
        options.MaximumTopicLength = MaximumTopicLength;
        options.MaximumTopicLevels = MaximumTopicLevels;
        options.TopicAliasMaximum = TopicAliasMaximum;
        options.MaximumOutgoingTopicAliases = MaximumOutgoingTopicAliases;
        options.PublishRate = PublishRate;
        options.PublishBurst = PublishBurst;
        options.SubscribeRate = SubscribeRate;
        options.SubscribeBurst = SubscribeBurst;
    }
}
