namespace CivicSense.Mqtt.Listener;

/// <summary>What one session gets of a message.</summary>
/// <param name="Session">The receiver.</param>
/// <param name="QualityOfService">The lower one of the message's and the subscription's ([MQTT-3.8.4-8]).</param>
/// <param name="Retain">The RETAIN flag that it is sent with.</param>
/// <param name="SubscriptionIdentifiers">Of all subscriptions that it is sent for.</param>
/// <param name="SharedFilter">The shared subscription that it is sent for; null otherwise.</param>
readonly record struct Delivery(
    ClientSession Session, byte QualityOfService, bool Retain, int[] SubscriptionIdentifiers, byte[]? SharedFilter);

/// <summary>
/// One connection's working lists for routing, so that routing needs no new ones, and what it has left to do: flush and wait.
/// </summary>
sealed class RouteBuffer
{
    public List<Subscription> Matches { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    /// <summary>Connections that something was put into and that have to be flushed.</summary>
    public List<MqttConnection> Touched { get; } = [];

    /// <summary>The ticket of the session store after which everything since <see cref="TakeTicket"/> is kept for good.</summary>
    public long SavedTicket { get; set; }

    public long TakeTicket()
    {
        long ticket = SavedTicket;
        SavedTicket = 0;
        return ticket;
    }

    public void Touch(MqttConnection? connection)
    {
        if (connection is not null && (Touched.Count == 0 || Touched[^1] != connection)) Touched.Add(connection);
    }

    public void Flush()
    {
        foreach (MqttConnection connection in Touched) connection.FlushOutput();
        Touched.Clear();
    }
}
