using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.Ingestion;

/// <summary>How readings are taken from a broker that sensors publish to.</summary>
public sealed record BrokerOptions
{
    /// <summary>
    /// The largest packet that the broker may send: more than the largest payload that is read, so that what is too large is counted as
    /// such and acknowledged. What is larger still the broker drops (MQTT 5.0, section 3.1.2.11.4).
    /// </summary>
    internal const int MaximumPacketSize = 1024 * 1024;

    /// <summary>
    /// Where and as whom to connect. Asked before the first connection, and again after the broker has refused one, so that a new password
    /// or certificate is seen. An exception of the kinds of reading a file is reported, and it is asked again later.
    /// </summary>
    public required Func<MqttClientOptions> Connection { get; init; }

    /// <summary>
    /// The group that shares the subscription (MQTT 5.0, section 4.8.2). Default empty: the subscription is this node's own, because it
    /// has no other members, and Mosquitto 2.0 forgets shared subscriptions when it is restarted.
    /// </summary>
    public string Group { get; init; } = "";

    /// <summary>The topic filter of the readings. Default <c>civicsense/v1/+/readings</c>.</summary>
    public string Topic { get; init; } = "civicsense/v1/+/readings";

    /// <summary>
    /// The user property that names the device. Default none: then it is the level of the topic that the filter's first <c>+</c> stands
    /// for.
    /// </summary>
    public string? DeviceProperty { get; init; }

    /// <summary>
    /// How long the broker keeps the session while the node is away. Default 7 days; 0 for no session. Not longer than 136 years. With a
    /// session, readings without a time of their own are refused: they may have waited at the broker for as long as this.
    /// </summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How many messages may be unacknowledged: about what two commits carry. Default 4,096; 1 to 65,535.
    /// </summary>
    public int ReceiveMaximum { get; init; } = 4096;

    /// <summary>
    /// What the broker's session may be subscribed to from an earlier run, other than <see cref="Filter"/>; these subscriptions are ended.
    /// Default none.
    /// </summary>
    public IReadOnlyList<string> FormerFilters { get; init; } = [];

    /// <summary>
    /// Called each time when the session is subscribed to <see cref="Filter"/> and nothing else. Default null. Must not throw.
    /// </summary>
    public Action? Subscribed { get; init; }

    /// <summary>What is subscribed to.</summary>
    public string Filter => Group.Length == 0 ? Topic : $"$share/{Group}/{Topic}";

    /// <summary>The name of the device that a message is from; empty if it has none.</summary>
    public string DeviceOf(in MqttInboundMessage message) => Encoding.UTF8.GetString(new DeviceNames(Topic, DeviceProperty).Find(message));

    /// <summary>A sentence for each thing that is not allowed; it names the key, the value and the range.</summary>
    public IEnumerable<string> Validate()
    {
        // [MQTT-4.8.2-1] and [MQTT-4.8.2-2].
        if (Group.AsSpan().IndexOfAny('/', '+', '#') >= 0 || !IsText(Group))
        {
            yield return $"group: '{Group}' is not allowed; allowed is a name without / + #, "
                + "or nothing for a subscription that is not shared.";
        }
        if (!IsText(Topic) || Topic.StartsWith("$share/", StringComparison.Ordinal) || !DeviceNames.IsFilter(Topic))
            yield return $"topic: '{Topic}' is not allowed; allowed is a topic filter, without $share.";
        else if (DeviceProperty is null && !DeviceNames.HasDeviceLevel(Topic))
            yield return $"topic: '{Topic}' does not say where the sensor's name stands; put + there, as in civicsense/v1/+/readings.";
        if (DeviceProperty is not null && (DeviceProperty.Length == 0 || !IsText(DeviceProperty)))
            yield return $"deviceProperty: '{DeviceProperty}' is not allowed; allowed is the name of a user property.";
        if (Session < TimeSpan.Zero || Session.TotalSeconds >= uint.MaxValue)
            yield return FormattableString.Invariant($"sessionHours: {Session.TotalHours} is not allowed; allowed is 0 to 1193046.");
        if (ReceiveMaximum is < 1 or > 65_535)
            yield return FormattableString.Invariant($"receiveMaximum: {ReceiveMaximum} is not allowed; allowed is 1 to 65535.");
    }

    /// <summary>No U+0000 ([MQTT-1.5.4-2]), and short enough for a string of the protocol whatever its characters are.</summary>
    static bool IsText(string text) => text.Length <= 16_384 && !text.Contains('\0', StringComparison.Ordinal);
}
