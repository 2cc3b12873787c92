namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>Takes every message, keeps none, and is durable at once: what is measured beside it is the listener.</summary>
sealed class Swallower : IMqttApplication, IMqttSession, IMqttDurability
{
    public int Count { get; private set; }

    public IMqttDurability Durability => this;

    public long DurableTicket => long.MaxValue;

    public string Identity => "i";

    public MqttSessionLimits Limits => MqttSessionLimits.Default;

    public ValueTask WaitAsync(long ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(MqttConnectDecision.Accept(this));

    public MqttPublishDecision Publish(in MqttIncomingMessage message)
    {
        Count++;
        return new(MqttReasonCode.Success, MqttDelivery.Consumed, 1);
    }

    public bool MaySubscribe(string topicFilter) => true;

    public bool MayReceive(ReadOnlySpan<byte> topic) => true;

    public void Closed() => Count = -1;
}
