namespace CivicSense.Mqtt.Client;

/// <summary>
/// The packet identifiers of messages of QoS 2 that were handled and whose PUBREL has not come: the same identifier is the same message
/// until then (MQTT 5.0 section 4.3.3). Thread-safe.
/// </summary>
sealed class ReceivedExactlyOnce
{
    readonly Lock gate = new();
    readonly HashSet<ushort> identifiers = [];

    public void Add(ushort identifier)
    {
        lock (gate) identifiers.Add(identifier);
    }

    public bool Contains(ushort identifier)
    {
        lock (gate) return identifiers.Contains(identifier);
    }

    public bool Remove(ushort identifier)
    {
        lock (gate) return identifiers.Remove(identifier);
    }

    public void Clear()
    {
        lock (gate) identifiers.Clear();
    }
}
