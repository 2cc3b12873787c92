namespace CivicSense.Mqtt.Listener;

/// <summary>The aliases that a client has given to topics on one connection, MQTT 5.0 section 3.3.2.3.4. Used by the read loop only.</summary>
sealed class IncomingTopicAliases(int maximum)
{
    byte[]?[] topics = [];

    /// <summary>Finds the topic that the alias stands for, or remembers the one that came with it.</summary>
    /// <param name="alias">As the client sent it.</param>
    /// <param name="topic">The topic name of the packet, already checked; empty to ask for the one remembered.</param>
    /// <returns>
    /// Success; Topic Alias Invalid if the alias is 0 or above the maximum ([MQTT-3.3.2-8], [MQTT-3.3.2-9]); Protocol Error if it stands for
    /// nothing yet (section 3.3.4).
    /// </returns>
    public MqttReasonCode Resolve(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias == 0 || alias > maximum) return MqttReasonCode.TopicAliasInvalid;
        if (!topic.IsEmpty)
        {
            if (alias > topics.Length) Array.Resize(ref topics, Math.Min(maximum, Math.Max(alias, topics.Length * 2)));
            if (topics[alias - 1] is not { } known || !topic.SequenceEqual(known)) topics[alias - 1] = topic.ToArray();
            return MqttReasonCode.Success;
        }

        if (alias > topics.Length || topics[alias - 1] is not { } remembered) return MqttReasonCode.ProtocolError;
        topic = remembered;
        return MqttReasonCode.Success;
    }
}

/// <summary>
/// The aliases that the listener uses towards one client. The first topics get them; topics that are shorter than an alias do not.
/// </summary>
sealed class OutgoingTopicAliases(int maximum)
{
    /// <summary>The bytes of the Topic Alias property.</summary>
    const int PropertyLength = 3;

    readonly Dictionary<byte[], ushort> aliases = new(Utf8Comparer.Instance);

    /// <summary>The alias to send with a topic; 0 for none.</summary>
    /// <param name="topic">The topic name.</param>
    /// <param name="isNew">Whether the client has to be sent the name as well, after which <see cref="Add"/> is called.</param>
    public ushort Find(ReadOnlySpan<byte> topic, out bool isNew)
    {
        isNew = false;
        if (topic.Length <= PropertyLength) return 0;
        if (aliases.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out ushort alias)) return alias;
        if (aliases.Count >= maximum) return 0;
        isNew = true;
        return (ushort)(aliases.Count + 1);
    }

    public void Add(ReadOnlySpan<byte> topic) => aliases.Add(topic.ToArray(), (ushort)(aliases.Count + 1));
}
