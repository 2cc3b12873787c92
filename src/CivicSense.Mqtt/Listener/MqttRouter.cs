using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A message on its way to subscribers.</summary>
readonly ref struct RoutedMessage
{
    public required ReadOnlySpan<byte> Topic { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public ReadOnlySpan<byte> Properties { get; init; }

    public int MessageExpiryOffset { get; init; }

    public uint MessageExpiryInterval { get; init; }

    public bool Retain { get; init; }

    /// <summary>Who sent it; null for the host itself.</summary>
    public MqttConnection? Publisher { get; init; }
}

/// <summary>Passes messages to subscribers and keeps the retained ones. Thread-safe.</summary>
sealed class MqttRouter(MqttListenerOptions options, MqttListenerStatistics statistics, TimeProvider time) : IMqttPublisher
{
    readonly Lock gate = new();
    readonly SubscriptionTree subscriptions = new();
    readonly List<Subscription> matches = [];
    readonly RetainedMessages retained = new(options.MaximumRetainedMessages, options.MaximumRetainedBytes);

    /// <inheritdoc />
    public void Publish(string topic, ReadOnlySpan<byte> payload, bool retain)
    {
        ArgumentNullException.ThrowIfNull(topic);
        byte[] name = Encoding.UTF8.GetBytes(topic);
        if (!MqttText.IsTopicName(name)) throw new ArgumentException("This is not a topic name (MQTT 5.0, section 4.7).", nameof(topic));
        var touched = new List<MqttConnection>();
        Route(new RoutedMessage { Topic = name, Payload = payload, Retain = retain, MessageExpiryOffset = -1 }, touched);
        foreach (MqttConnection connection in touched) connection.FlushOutput();
    }

    /// <summary>
    /// Queues the message for every subscriber and retains it if it says so. Whoever got something is added to
    /// <paramref name="touched"/> and has to be flushed by the caller.
    /// </summary>
    /// <returns>Success, No Matching Subscribers, or Quota Exceeded if it could not be retained.</returns>
    public MqttReasonCode Route(in RoutedMessage message, List<MqttConnection> touched)
    {
        lock (gate)
        {
            bool isKept = !message.Retain || Retain(message);
            matches.Clear();
            subscriptions.Match(message.Topic, matches);
            foreach (Subscription subscription in matches)
            {
                if (subscription.NoLocal && subscription.Subscriber == message.Publisher) continue;
                bool retain = subscription.RetainAsPublished && message.Retain;
                if (subscription.Subscriber.TryDeliver(message, retain, remainingExpiry: null)) Touch(touched, subscription.Subscriber);
            }

            if (!isKept) return MqttReasonCode.QuotaExceeded;
            return matches.Count == 0 ? MqttReasonCode.NoMatchingSubscribers : MqttReasonCode.Success;
        }
    }

    static void Touch(List<MqttConnection> touched, MqttConnection connection)
    {
        if (touched.Count == 0 || touched[^1] != connection) touched.Add(connection);
    }

    bool Retain(in RoutedMessage message)
    {
        // An empty payload removes ([MQTT-3.3.1-6], [MQTT-3.3.1-7]).
        if (message.Payload.IsEmpty)
        {
            retained.Remove(message.Topic);
            return true;
        }

        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? expiresAt = message.MessageExpiryOffset >= 0 ? now.AddSeconds(message.MessageExpiryInterval) : null;
        var kept = new RetainedMessage(
            message.Topic.ToArray(), message.Payload.ToArray(), message.Properties.ToArray(), message.MessageExpiryOffset, expiresAt);
        if (retained.TrySet(kept, now)) return true;
        statistics.CountRetainedRefused();
        return false;
    }

    /// <summary>Adds a subscription; true if there was none under this filter.</summary>
    public bool Subscribe(Subscription subscription)
    {
        lock (gate) return subscriptions.Add(subscription);
    }

    /// <summary>Removes a subscription; false if there was none.</summary>
    public bool Unsubscribe(MqttConnection subscriber, ReadOnlySpan<byte> filter)
    {
        lock (gate) return subscriptions.Remove(subscriber, filter);
    }

    /// <summary>Queues the retained messages that match a new subscription, with RETAIN set ([MQTT-3.3.1-8]).</summary>
    public void DeliverRetained(MqttConnection subscriber, ReadOnlySpan<byte> filter)
    {
        var found = new List<RetainedMessage>();
        DateTimeOffset now = time.GetUtcNow();
        lock (gate) retained.Match(filter, now, found);
        foreach (RetainedMessage message in found)
        {
            uint? remaining = message.ExpiresAt is { } end ? (uint)Math.Max(1, Math.Ceiling((end - now).TotalSeconds)) : null;
            var routed = new RoutedMessage
            {
                Topic = message.Topic,
                Payload = message.Payload,
                Properties = message.Properties,
                MessageExpiryOffset = message.MessageExpiryOffset,
            };
            subscriber.TryDeliver(routed, retain: true, remaining);
        }
    }
}
