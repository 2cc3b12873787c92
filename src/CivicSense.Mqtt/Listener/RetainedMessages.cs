using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A retained message with the instant (timestamp) from which it no longer counts.</summary>
sealed record RetainedMessage(byte[] Topic, byte[] Payload, byte[] Properties, int MessageExpiryOffset, DateTimeOffset? ExpiresAt)
{
    public long Size => (long)Topic.Length + Payload.Length + Properties.Length;
}

/// <summary>The last retained message of each topic, MQTT 5.0 section 3.3.1.3. Not thread-safe: the router holds a lock.</summary>
sealed class RetainedMessages(int maximumCount, long maximumBytes)
{
    readonly Dictionary<byte[], RetainedMessage> byTopic = new(Utf8Comparer.Instance);
    long bytes;

    /// <summary>Keeps a message in place of its predecessor; false, and nothing changes, if there is no room.</summary>
    public bool TrySet(RetainedMessage message, DateTimeOffset now)
    {
        if (byTopic.Count >= maximumCount && !byTopic.ContainsKey(message.Topic)) DropExpired(now);
        bool replaces = byTopic.TryGetValue(message.Topic, out RetainedMessage? old);
        long after = bytes + message.Size - (old?.Size ?? 0);
        if (after > maximumBytes || (!replaces && byTopic.Count >= maximumCount)) return false;
        byTopic[message.Topic] = message;
        bytes = after;
        return true;
    }

    public void Remove(ReadOnlySpan<byte> topic)
    {
        if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic, out _, out RetainedMessage? old)) bytes -= old.Size;
    }

    public void Match(ReadOnlySpan<byte> filter, DateTimeOffset now, List<RetainedMessage> matches)
    {
        if (!filter.ContainsAny((byte)'+', (byte)'#'))
        {
            if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter, out RetainedMessage? only) && !(only.ExpiresAt <= now))
            {
                matches.Add(only);
            }

            return;
        }

        foreach (RetainedMessage message in byTopic.Values)
        {
            if (!(message.ExpiresAt <= now) && MqttText.Matches(filter, message.Topic)) matches.Add(message);
        }
    }

    void DropExpired(DateTimeOffset now)
    {
        foreach (RetainedMessage message in byTopic.Values.Where(message => message.ExpiresAt <= now).ToArray()) Remove(message.Topic);
    }
}
