using CivicSense.Mqtt.Client;

namespace CivicSense.Mqtt;

/// <summary>
/// A client's part of a session, MQTT 5.0 section 4.1, in memory: the messages of QoS 1 and 2 that the server has not answered for, and
/// those of QoS 2 that were received and not yet released. Handed from one connection to the next by
/// <see cref="MqttClientOptions.Session"/>. Thread-safe.
/// </summary>
/// <param name="maximumMessages">
/// Most messages that are kept; then publishing waits. Default 1,000; 1 to 65,000.
/// </param>
public sealed class MqttClientSession(int maximumMessages = 1000)
{
    const int Most = 65_000;

    internal OutboundWindow Outbound { get; } = new(
        maximumMessages is >= 1 and <= Most
            ? maximumMessages
            : throw new ArgumentOutOfRangeException(nameof(maximumMessages), maximumMessages, "Allowed is 1 to 65000."));

    internal ReceivedExactlyOnce Received { get; } = new();

    /// <summary>How many messages, subscriptions and unsubscriptions the server has not answered for.</summary>
    public int UnacknowledgedCount => Outbound.Count;
}
