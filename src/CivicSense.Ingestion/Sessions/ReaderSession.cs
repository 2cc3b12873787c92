using CivicSense.Mqtt;

namespace CivicSense.Ingestion;

/// <summary>One connected client without a user name: it reads public topics and publishes nothing.</summary>
/// <param name="number">Tells readers apart.</param>
/// <param name="leave">Called once, when the client has gone.</param>
sealed class ReaderSession(long number, Action leave) : IMqttSession
{
    static readonly MqttSessionLimits Small = new()
    {
        MaximumSessionExpiry = TimeSpan.Zero,
        MaximumSubscriptions = 16,
        MaximumConnections = 1,
        AllowsSharedSubscriptions = false,
    };

    int hasLeft;

    /// <summary>Each has one of its own: a stranger who uses another's client identifier cannot end its connection.</summary>
    /// <remarks>No device has a name with a slash.</remarks>
    public string Identity { get; } = FormattableString.Invariant($"reader/{number}");

    /// <inheritdoc/>
    public MqttSessionLimits Limits => Small;

    /// <summary>Refuses everything, also a will.</summary>
    public MqttPublishDecision Publish(in MqttIncomingMessage message) =>
        new(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, Ticket: 0);

    /// <summary>Public topics only. Its limits allow no shared subscriptions: one stranger would take messages away from another.</summary>
    public bool MaySubscribe(string topicFilter) => PublicTopics.Hold(topicFilter);

    /// <inheritdoc/>
    public bool MayReceive(ReadOnlySpan<byte> topic) => PublicTopics.Hold(topic);

    /// <inheritdoc/>
    public void Closed()
    {
        if (Interlocked.Exchange(ref hasLeft, 1) == 0)
            leave();
    }
}
