namespace CivicSense.Mqtt.MqttNet;

/// <summary>
/// The connections under one client identifier: one, or two while a later one takes over. The session is called under a lock, because
/// both may be read from at that moment.
/// </summary>
sealed class ConnectedClient(IMqttSession first)
{
    readonly Lock gate = new();
    IMqttSession session = first;
    int connections = 1;

    public string Identity { get; } = first.Identity;

    public void TakeOver(IMqttSession later)
    {
        lock (gate)
        {
            session.Closed();
            session = later;
            connections++;
        }
    }

    /// <summary>True when it was the last connection.</summary>
    public bool Leave()
    {
        lock (gate)
        {
            if (--connections > 0) return false;
            session.Closed();
            return true;
        }
    }

    public MqttPublishDecision Publish(in MqttIncomingMessage message)
    {
        lock (gate) return session.Publish(message);
    }

    public bool MaySubscribe(string topicFilter)
    {
        lock (gate) return session.MaySubscribe(topicFilter);
    }

    public bool MayReceive(ReadOnlySpan<byte> topic)
    {
        lock (gate) return session.MayReceive(topic);
    }
}
