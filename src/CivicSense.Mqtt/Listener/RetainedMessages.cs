using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A retained message with the QoS at which it was published, and whether it is the host's own.</summary>
sealed record RetainedMessage(MessageContent Content, byte QualityOfService, bool IsOwn = false);

/// <summary>The last retained message of each topic, MQTT 5.0 section 3.3.1.3. Not thread-safe: the router holds a lock.</summary>
/// <remarks>The limits are those of clients: what the host publishes itself is always kept, and takes no room from them.</remarks>
sealed class RetainedMessages(int maximumCount, long maximumBytes)
{
    readonly Dictionary<byte[], RetainedMessage> byTopic = new(Utf8Comparer.Instance);
    long bytes;
    int count;

    /// <summary>Keeps a message in place of its predecessor; false, and nothing changes, if there is no room.</summary>
    public bool TrySet(RetainedMessage message, DateTimeOffset now)
    {
        byte[] topic = message.Content.Topic;
        if (!message.IsOwn && count >= maximumCount && !byTopic.ContainsKey(topic)) DropExpired(now);
        RetainedMessage? old = byTopic.GetValueOrDefault(topic);
        int countAfter = count + CountOf(message) - CountOf(old);
        long bytesAfter = bytes + BytesOf(message) - BytesOf(old);
        if (!message.IsOwn && (bytesAfter > maximumBytes || countAfter > maximumCount)) return false;
        byTopic[topic] = message;
        (count, bytes) = (countAfter, bytesAfter);
        return true;
    }

    static int CountOf(RetainedMessage? message) => message is null or { IsOwn: true } ? 0 : 1;

    static long BytesOf(RetainedMessage? message) => message is null or { IsOwn: true } ? 0 : message.Content.Size;

    public void Remove(ReadOnlySpan<byte> topic)
    {
        if (!byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic, out _, out RetainedMessage? old)) return;
        count -= CountOf(old);
        bytes -= BytesOf(old);
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
