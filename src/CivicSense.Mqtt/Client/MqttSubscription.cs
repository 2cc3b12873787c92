namespace CivicSense.Mqtt;

/// <summary>Which retained messages a new subscription is sent, MQTT 5.0 section 3.8.3.1.</summary>
public enum MqttRetainHandling : byte
{
    /// <summary>All that match.</summary>
    Send = 0,

    /// <summary>All that match, unless the subscription existed before.</summary>
    SendIfNew = 1,

    /// <summary>None.</summary>
    DoNotSend = 2,
}

/// <summary>A topic filter with the options of MQTT 5.0, section 3.8; MQTT 3.1.1 has the filter and the QoS only.</summary>
/// <param name="Filter">
/// The topic filter. <c>$share/GROUP/FILTER</c> shares the messages among all subscribers of the group (section 4.8.2).
/// </param>
/// <param name="QualityOfService">The highest QoS at which messages are wanted: 0, 1 or 2.</param>
public sealed record MqttSubscription(string Filter, byte QualityOfService = 0)
{
    /// <summary>Whether this client's own messages are left out; not for shared subscriptions. Default no.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Whether RETAIN arrives as it was published. Default no: it then marks what was stored before this subscription.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Which retained messages are sent. Default all.</summary>
    public MqttRetainHandling RetainHandling { get; init; }

    /// <summary>A number that comes with each message of this subscription, 1 to 268,435,455; null (the default) is none.</summary>
    public int? Identifier { get; init; }

    /// <summary>Names and values for the server.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    internal byte Options => (byte)(QualityOfService | (NoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | (int)RetainHandling << 4);
}
