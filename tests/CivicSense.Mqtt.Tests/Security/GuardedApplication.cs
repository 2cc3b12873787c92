using System.Collections.Concurrent;
using System.Text;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>
/// An application with rights that can change: the user name (or "anonymous") is the identity, topics below "open/" are routed, everything
/// else is consumed.
/// </summary>
sealed class GuardedApplication : IMqttApplication, IMqttDurability
{
    long tickets;

    public ConcurrentQueue<(string Identity, string Topic, int Length)> Published { get; } = [];

    public ConcurrentQueue<string> Closed { get; } = [];

    public Func<string, string, bool> MayPublish { get; set; } = (_, _) => true;

    public Func<string, string, bool> MaySubscribe { get; set; } = (_, _) => true;

    public Func<string, string, bool> MayReceive { get; set; } = (_, _) => true;

    public Func<string, MqttSessionLimits> Limits { get; set; } = _ => MqttSessionLimits.Default;

    public IMqttDurability Durability => this;

    public long DurableTicket => long.MaxValue;

    public ValueTask WaitAsync(long ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(request.UserName is null || request.Password.Span.SequenceEqual("secret"u8)
            ? MqttConnectDecision.Accept(new Session(this, request.UserName ?? "anonymous", request.ClientId))
            : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword));

    sealed class Session(GuardedApplication application, string identity, string clientId) : IMqttSession
    {
        public string Identity => identity;

        public MqttSessionLimits Limits => application.Limits(identity);

        public MqttPublishDecision Publish(in MqttIncomingMessage message)
        {
            string topic = Encoding.UTF8.GetString(message.Topic);
            if (!application.MayPublish(identity, topic)) return new(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, 0);
            application.Published.Enqueue((identity, topic, message.PayloadLength));
            bool isOpen = topic.StartsWith("open/", StringComparison.Ordinal);
            return new(
                MqttReasonCode.Success, isOpen ? MqttDelivery.Route : MqttDelivery.Consumed,
                Interlocked.Increment(ref application.tickets));
        }

        public bool MaySubscribe(string topicFilter) => application.MaySubscribe(identity, topicFilter);

        public bool MayReceive(ReadOnlySpan<byte> topic) => application.MayReceive(identity, Encoding.UTF8.GetString(topic));

        public void Closed() => application.Closed.Enqueue(clientId);
    }
}
