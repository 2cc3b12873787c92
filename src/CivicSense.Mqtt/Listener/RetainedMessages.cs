using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A retained message with the QoS at which it was published.</summary>
sealed record RetainedMessage(MessageContent Content, byte QualityOfService);

/// <summary>The last retained message of each topic, MQTT 5.0 section 3.3.1.3. Not thread-safe: the router holds a lock.</summary>
sealed class RetainedMessages(int maximumCount, long maximumBytes)
{
    readonly Dictionary<byte[], RetainedMessage> byTopic = new(Utf8Comparer.Instance);
    long bytes;

    /// <summary>Keeps a message in place of its predecessor; false, and nothing changes, if there is no room.</summary>
    public bool TrySet(RetainedMessage message, DateTimeOffset now)
    {
        byte[] topic = message.Content.Topic;
        if (byTopic.Count >= maximumCount && !byTopic.ContainsKey(topic)) DropExpired(now);
        bool replaces = byTopic.TryGetValue(topic, out RetainedMessage? old);
        long after = bytes + message.Content.Size - (old?.Content.Size ?? 0);
        if (after > maximumBytes || (!replaces && byTopic.Count >= maximumCount)) return false;
        byTopic[topic] = message;
        bytes = after;
        return true;
    }

    public void Remove(ReadOnlySpan<byte> topic)
    {
        if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic, out _, out RetainedMessage? old)) bytes -= old.Content.Size;
    }

    public bool Contains(RetainedMessage message) =>
        byTopic.TryGetValue(message.Content.Topic, out RetainedMessage? present) && ReferenceEquals(present, message);

    public void Match(ReadOnlySpan<byte> filter, DateTimeOffset now, List<RetainedMessage> matches)
    {
        if (!filter.ContainsAny((byte)'+', (byte)'#'))
        {
            if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter, out RetainedMessage? only)
                && !only.Content.IsExpired(now))
            {
                matches.Add(only);
            }

            return;
        }

        foreach (RetainedMessage message in byTopic.Values)
        {
            if (!message.Content.IsExpired(now) && MqttText.Matches(filter, message.Content.Topic)) matches.Add(message);
        }
    }

    void DropExpired(DateTimeOffset now)
    {
        foreach (RetainedMessage message in byTopic.Values.Where(message => message.Content.IsExpired(now)).ToArray())
        {
            Remove(message.Content.Topic);
        }
    }
}
