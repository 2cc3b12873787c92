using System.Diagnostics.CodeAnalysis;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>One subscription of one session.</summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Filter">As the client gave it, "$share/name/" included.</param>
/// <param name="QualityOfService">The highest that the client wants.</param>
/// <param name="NoLocal">Whether the client's own messages stay away.</param>
/// <param name="RetainAsPublished">Whether the RETAIN flag goes on as it came.</param>
/// <param name="Identifiers">The Subscription Identifier, or nothing.</param>
sealed record Subscription(
    ClientSession Session, byte[] Filter, byte QualityOfService, bool NoLocal, bool RetainAsPublished, int[] Identifiers)
{
    /// <summary>The share name; null if the subscription is not shared.</summary>
    public byte[]? SharedName { get; } =
        MqttText.TrySplitShared(Filter, out ReadOnlySpan<byte> name, out _) ? name.ToArray() : null;

    /// <summary>The filter that topics are compared with.</summary>
    public ReadOnlySpan<byte> TopicFilter =>
        MqttText.TrySplitShared(Filter, out _, out ReadOnlySpan<byte> shared) ? shared : Filter;
}

/// <summary>Topic filters of all sessions as a tree of levels. Not thread-safe: the router holds a lock.</summary>
/// <remarks>
/// Depth is bounded by <see cref="MqttListenerOptions.MaximumTopicLevels"/>, so recursion is too. Empty branches are pruned when a
/// subscription goes.
/// </remarks>
sealed class SubscriptionTree
{
    readonly Node root = new();

    /// <summary>Adds a subscription or replaces the session's earlier one under the same filter.</summary>
    public void Set(Subscription subscription)
    {
        Node node = root;
        ReadOnlySpan<byte> rest = subscription.TopicFilter;
        for (bool more = true; more;) node = node.GetOrAdd(MqttText.TakeLevel(ref rest, out more));
        node.Set(subscription);
    }

    public void Remove(Subscription subscription) => Remove(root, subscription, subscription.TopicFilter, atEnd: false);

    static void Remove(Node node, Subscription subscription, ReadOnlySpan<byte> rest, bool atEnd)
    {
        if (atEnd)
        {
            node.Remove(subscription);
            return;
        }

        ReadOnlySpan<byte> level = MqttText.TakeLevel(ref rest, out bool more);
        if (!node.TryGet(level, out Node? child)) return;
        Remove(child, subscription, rest, !more);
        if (child.IsEmpty) node.Drop(level);
    }

    /// <summary>
    /// Adds to <paramref name="matches"/> every subscription whose filter matches the topic name, and of each shared one the member whose
    /// turn it is.
    /// </summary>
    public void Match(ReadOnlySpan<byte> topic, List<Subscription> matches)
    {
        // "$" topics are invisible to filters that begin with a wildcard ([MQTT-4.7.2-1]).
        Match(root, topic, atEnd: false, wildcards: topic[0] != '$', matches);
    }

    static void Match(Node node, ReadOnlySpan<byte> rest, bool atEnd, bool wildcards, List<Subscription> matches)
    {
        if (wildcards && node.TryGet("#"u8, out Node? all)) all.AddTo(matches);
        if (atEnd)
        {
            node.AddTo(matches);
            return;
        }

        ReadOnlySpan<byte> level = MqttText.TakeLevel(ref rest, out bool more);
        if (node.TryGet(level, out Node? child)) Match(child, rest, !more, wildcards: true, matches);
        if (wildcards && node.TryGet("+"u8, out Node? any)) Match(any, rest, !more, wildcards: true, matches);
    }

    /// <summary>The member of a shared subscription whose turn it is; null when it has none.</summary>
    public Subscription? PickMember(byte[] sharedFilter)
    {
        if (!MqttText.TrySplitShared(sharedFilter, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rest)) return null;
        Node? node = root;
        for (bool more = true; more;)
        {
            if (!node.TryGet(MqttText.TakeLevel(ref rest, out more), out node)) return null;
        }

        return node.FindGroup(name)?.Pick();
    }

    sealed class Node
    {
        Dictionary<byte[], Node>? children;
        Dictionary<ClientSession, Subscription>? here;
        List<SharedGroup>? shared;

        public bool IsEmpty => (here is null || here.Count == 0) && (shared is null || shared.Count == 0)
            && (children is null || children.Count == 0);

        public void Set(Subscription subscription)
        {
            if (subscription.SharedName is { } name)
            {
                SharedGroup? group = FindGroup(name);
                if (group is null) (shared ??= []).Add(group = new SharedGroup(name));
                group.Set(subscription);
            }
            else
            {
                here ??= [];
                here[subscription.Session] = subscription;
            }
        }

        public void Remove(Subscription subscription)
        {
            if (subscription.SharedName is not { } name) here?.Remove(subscription.Session);
            else if (FindGroup(name) is { } group && group.Remove(subscription.Session) && group.IsEmpty) shared!.Remove(group);
        }

        public SharedGroup? FindGroup(ReadOnlySpan<byte> name)
        {
            foreach (SharedGroup group in shared ?? [])
            {
                if (name.SequenceEqual(group.Name)) return group;
            }

            return null;
        }

        public void AddTo(List<Subscription> matches)
        {
            if (here is not null) matches.AddRange(here.Values);
            foreach (SharedGroup group in shared ?? [])
            {
                if (group.Pick() is { } member) matches.Add(member);
            }
        }

        public bool TryGet(ReadOnlySpan<byte> level, [NotNullWhen(true)] out Node? child)
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
