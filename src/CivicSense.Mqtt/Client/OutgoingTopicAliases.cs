using CivicSense.Mqtt.Listener;

namespace CivicSense.Mqtt.Client;

/// <summary>
/// The topics that this client names by a number on one connection, MQTT 5.0 section 3.3.2.3.4. Used under the output's gate.
/// </summary>
sealed class OutgoingTopicAliases(int maximum)
{
    readonly Dictionary<byte[], ushort> aliases = new(Utf8Comparer.Instance);

    /// <summary>The alias of a topic, and whether the server has yet to be told; 0 if it has none and gets none.</summary>
    public ushort Find(ReadOnlySpan<byte> topic, out bool isNew)
    {
        isNew = false;
        if (maximum == 0) return 0;
        var lookup = aliases.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(topic, out ushort alias)) return alias;
        if (aliases.Count == maximum) return 0;
        isNew = true;
        return lookup[topic] = (ushort)(aliases.Count + 1);
    }
}
