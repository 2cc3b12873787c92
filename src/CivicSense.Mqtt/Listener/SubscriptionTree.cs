using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>One subscription of one connected client.</summary>
sealed record Subscription(MqttConnection Subscriber, byte[] Filter, bool NoLocal, bool RetainAsPublished);

/// <summary>Topic filters of all sessions as a tree of levels. Not thread-safe: the router holds a lock.</summary>
/// <remarks>
/// Depth is bounded by <see cref="MqttListenerOptions.MaximumTopicLevels"/>, so recursion is too. Empty branches are pruned when a
/// subscription goes.
/// </remarks>
sealed class SubscriptionTree
{
    readonly Node root = new();

    /// <summary>Adds a subscription or replaces the subscriber's earlier one under the same filter; true if it is new.</summary>
    public bool Add(Subscription subscription)
    {
        Node node = root;
        ReadOnlySpan<byte> rest = subscription.Filter;
        for (bool more = true; more;) node = node.GetOrAdd(MqttText.TakeLevel(ref rest, out more));
        int index = node.Here.FindIndex(existing => existing.Subscriber == subscription.Subscriber);
        if (index >= 0) node.Here[index] = subscription;
        else node.Here.Add(subscription);
        return index < 0;
    }

    /// <summary>Removes a subscription; false if there was none.</summary>
    public bool Remove(MqttConnection subscriber, ReadOnlySpan<byte> filter) => Remove(root, subscriber, filter, atEnd: false);

    static bool Remove(Node node, MqttConnection subscriber, ReadOnlySpan<byte> rest, bool atEnd)
    {
        if (atEnd) return node.Here.RemoveAll(existing => existing.Subscriber == subscriber) > 0;
        ReadOnlySpan<byte> level = MqttText.TakeLevel(ref rest, out bool more);
        if (!node.TryGet(level, out Node? child) || !Remove(child, subscriber, rest, !more)) return false;
        if (child.IsEmpty) node.Drop(level);
        return true;
    }

    /// <summary>Adds to <paramref name="matches"/> every subscription whose filter matches the topic name.</summary>
    public void Match(ReadOnlySpan<byte> topic, List<Subscription> matches)
    {
        // "$" topics are invisible to filters that begin with a wildcard ([MQTT-4.7.2-1]).
        Match(root, topic, atEnd: false, wildcards: topic[0] != '$', matches);
    }

    static void Match(Node node, ReadOnlySpan<byte> rest, bool atEnd, bool wildcards, List<Subscription> matches)
    {
        if (wildcards && node.TryGet("#"u8, out Node? all)) matches.AddRange(all.Here);
        if (atEnd)
        {
            matches.AddRange(node.Here);
            return;
        }

        ReadOnlySpan<byte> level = MqttText.TakeLevel(ref rest, out bool more);
        if (node.TryGet(level, out Node? child)) Match(child, rest, !more, wildcards: true, matches);
        if (wildcards && node.TryGet("+"u8, out Node? any)) Match(any, rest, !more, wildcards: true, matches);
    }

    sealed class Node
    {
        Dictionary<byte[], Node>? children;

        public List<Subscription> Here { get; } = [];

        public bool IsEmpty => Here.Count == 0 && (children is null || children.Count == 0);

        public bool TryGet(ReadOnlySpan<byte> level, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? child)
        {
            child = null;
            return children is not null && children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out child);
        }

        public Node GetOrAdd(ReadOnlySpan<byte> level)
        {
            if (TryGet(level, out Node? child)) return child;
            children ??= new Dictionary<byte[], Node>(Utf8Comparer.Instance);
            return children[level.ToArray()] = new Node();
        }

        public void Drop(ReadOnlySpan<byte> level) => children!.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(level);
    }
}
