using CivicSense.Mqtt;

namespace CivicSense.Node.Conformance;

/// <summary>Lets everybody in and passes everything on, like a broker without rules.</summary>
sealed class OpenApplication : IMqttApplication, IMqttSession, IMqttDurability
{
    /// <summary>The one filter that interoperability suites expect to be refused.</summary>
    const string Refused = "test/nosubscribe";

    /// <inheritdoc/>
    public IMqttDurability Durability => this;

    /// <inheritdoc/>
    public long DurableTicket => long.MaxValue;

    /// <summary>One for all: whoever comes with the same client identifier takes over.</summary>
    public string Identity => ConformanceProfile.Name;

    /// <inheritdoc/>
    public MqttSessionLimits Limits => MqttSessionLimits.Default;

    /// <inheritdoc/>
    public ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(MqttConnectDecision.Accept(this));

    /// <inheritdoc/>
    public ValueTask WaitAsync(long ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Routes everything but the topics that belong to servers (MQTT 5.0, section 4.7.2).</summary>
    public MqttPublishDecision Publish(in MqttIncomingMessage message) => new(
        MqttReasonCode.Success, message.Topic.StartsWith("$"u8) ? MqttDelivery.Consumed : MqttDelivery.Route, Ticket: 0);

    /// <inheritdoc/>
    public bool MaySubscribe(string topicFilter) => topicFilter != Refused;

    /// <inheritdoc/>
    public bool MayReceive(ReadOnlySpan<byte> topic) => true;

    /// <inheritdoc/>
    public void Closed()
    {
        // Nothing is kept of anybody.
    }
}
