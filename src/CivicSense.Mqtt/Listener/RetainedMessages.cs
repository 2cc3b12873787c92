using System.Runtime.InteropServices;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// A retained message with the QoS at which it was published, and the identity of who published it: null is the host itself.
/// </summary>
sealed record RetainedMessage(MessageContent Content, byte QualityOfService, string? Owner = null)
{
    /// <summary>Who published it, to ask for its rights; null for the host, and where that is not known any more.</summary>
    public IMqttSession? Publisher { get; init; }

    /// <summary>
    /// Whether nobody is given it any more: it has expired, or whoever published it has lost the right to be here. The identity may be
    /// another's by then.
    /// </summary>
    public bool IsGone(DateTimeOffset now) => Content.IsExpired(now) || Publisher is { IsRevoked: true };
}

/// <summary>The last retained message of each topic, MQTT 5.0 section 3.3.1.3. Not thread-safe: the router holds a lock.</summary>
/// <remarks>
/// The limits are those of clients, of one identity and of all: what the host publishes itself is always kept, and takes no room from them.
/// </remarks>
sealed class RetainedMessages(MqttListenerOptions options)
{
    readonly Dictionary<byte[], RetainedMessage> byTopic = new(Utf8Comparer.Instance);
    readonly Dictionary<string, Share> byOwner = new(StringComparer.Ordinal);
    Share all;
    DateTimeOffset nextExpiry = DateTimeOffset.MaxValue;

    /// <summary>
    /// Keeps a message in place of its predecessor; false if there is no room. Even then a predecessor of the same owner goes: nobody is
    /// given what has been superseded ([MQTT-3.3.1-5]). That of another owner stays.
    /// </summary>
    public bool TrySet(RetainedMessage message, DateTimeOffset now)
    {
        if (!HasRoomFor(message) && !(DropExpired(now) && HasRoomFor(message)))
        {
            byte[] topic = message.Content.Topic;
            if (byTopic.TryGetValue(topic, out RetainedMessage? old) && old.Owner == message.Owner) Remove(topic);
            return false;
        }

        Remove(message.Content.Topic);
        byTopic.Add(message.Content.Topic, message);
        Count(message, 1);
        if (message.Content.ExpiresAt < nextExpiry) nextExpiry = message.Content.ExpiresAt.Value;
        return true;
    }

    bool HasRoomFor(RetainedMessage message)
    {
        if (message.Owner is not { } owner) return true;
        RetainedMessage? old = byTopic.GetValueOrDefault(message.Content.Topic);
        Share allAfter = all.With(message.Content, 1);
        Share ownerAfter = byOwner.GetValueOrDefault(owner).With(message.Content, 1);
        if (old?.Owner is not null) allAfter = allAfter.With(old.Content, -1);
        if (old?.Owner == owner) ownerAfter = ownerAfter.With(old.Content, -1);
        return allAfter.Fits(options.MaximumRetainedMessages, options.MaximumRetainedBytes)
            && ownerAfter.Fits(options.MaximumRetainedMessagesPerIdentity, options.MaximumRetainedBytesPerIdentity);
    }

    void Count(RetainedMessage message, int times)
    {
        if (message.Owner is not { } owner) return;
        all = all.With(message.Content, times);
        ref Share share = ref CollectionsMarshal.GetValueRefOrAddDefault(byOwner, owner, out _);
        share = share.With(message.Content, times);
        if (share.Messages == 0) byOwner.Remove(owner);
    }

    public void Remove(ReadOnlySpan<byte> topic)
    {
        if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic, out _, out RetainedMessage? old)) Count(old, -1);
    }

    public bool Contains(RetainedMessage message) =>
        byTopic.TryGetValue(message.Content.Topic, out RetainedMessage? present) && ReferenceEquals(present, message);

    public void Match(ReadOnlySpan<byte> filter, DateTimeOffset now, List<RetainedMessage> matches)
    {
        if (!filter.ContainsAny((byte)'+', (byte)'#'))
        {
            if (byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter, out RetainedMessage? only) && !only.IsGone(now))
                matches.Add(only);
            return;
        }

        foreach (RetainedMessage message in byTopic.Values)
        {
            if (!message.IsGone(now) && MqttText.Matches(filter, message.Content.Topic)) matches.Add(message);
        }
    }

    /// <summary>Drops what revoked clients have left behind. Looks at every message.</summary>
    public void DropRevoked()
    {
        foreach (RetainedMessage message in byTopic.Values.ToArray())
        {
            if (message.Publisher is { IsRevoked: true }) Remove(message.Content.Topic);
        }
    }

    // Only looks when something may have expired: whoever has used up a share must not make everybody wait with each message.
    bool DropExpired(DateTimeOffset now)
    {
        if (now < nextExpiry) return false;
        nextExpiry = DateTimeOffset.MaxValue;
        foreach (RetainedMessage message in byTopic.Values.ToArray())
        {
            if (message.Content.IsExpired(now)) Remove(message.Content.Topic);
            else if (message.Content.ExpiresAt < nextExpiry) nextExpiry = message.Content.ExpiresAt.Value;
        }

        return true;
    }

    readonly record struct Share(int Messages, long Bytes)
    {
        public Share With(MessageContent content, int times) => new(Messages + times, Bytes + times * content.Size);

        public bool Fits(int maximumMessages, long maximumBytes) => Messages <= maximumMessages && Bytes <= maximumBytes;
    }
}
