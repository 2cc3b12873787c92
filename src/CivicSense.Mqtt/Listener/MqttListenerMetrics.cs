using System.Diagnostics.Metrics;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// Shows the listener's totals to whoever measures the process, such as <c>dotnet-counters</c> or OpenTelemetry. Nothing is counted here:
/// an instrument reads <see cref="MqttListenerStatistics"/> when it is asked.
/// </summary>
/// <remarks>
/// Totals of the whole listener. The only attribute is <c>reason</c>, whose values are names of <see cref="MqttReasonCode"/> and
/// <see cref="MqttDropReason"/>; nothing tells clients, identities, topics or addresses apart.
/// </remarks>
sealed class MqttListenerMetrics : IDisposable
{
    readonly MqttListenerStatistics statistics;

    public MqttListenerMetrics(MqttListenerStatistics statistics)
    {
        this.statistics = statistics;
        Gauge("connections.open", "{connection}", "Connections open now.", () => statistics.ConnectionsOpen);
        Gauge("sessions", "{session}", "Sessions that exist now, connected or not.", () => statistics.Sessions);
        Counter("connections.accepted", "{connection}", "Clients that were let in.", () => statistics.ConnectionsAccepted);
        Counter("connections.over_limit", "{connection}", "Connections closed for being too many.", () => statistics.ConnectionsOverLimit);
        Counter("connections.late", "{connection}", "Connections without a CONNECT in time.", () => statistics.ConnectDeadlinesMissed);
        Counter("messages.received", "{message}", "Messages that clients published.", () => statistics.MessagesReceived);
        Counter("messages.acknowledged", "{message}", "Acknowledgements of those.", () => statistics.MessagesAcknowledged);
        Counter("messages.delivered", "{message}", "Messages queued for subscribers.", () => statistics.MessagesDelivered);
        Counter("payloads.omitted", "{message}", "Messages with a payload too long to keep.", () => statistics.PayloadsOmitted);
        Counter("retained.refused", "{message}", "Messages not retained for lack of room.", () => statistics.RetainedRefused);
        Counter("sessions.saved", "{state}", "Session states written to the store.", () => statistics.SessionsSaved);
        Counter("sessions.unreadable", "{state}", "Session states that could not be read.", () => statistics.SessionsUnreadable);
        ByReason("connections.refused", "{connection}", "Clients that were refused.", Refused);
        ByReason("connections.failed", "{connection}", "Connections ended for what the client did.", Failed);
        ByReason("deliveries.dropped", "{message}", "Messages that did not reach a subscriber.", Dropped);
    }

    public Meter Meter { get; } = new("CivicSense.Mqtt");

    void Gauge(string name, string unit, string description, Func<long> read) =>
        Meter.CreateObservableUpDownCounter($"civicsense.mqtt.{name}", read, unit, description);

    void Counter(string name, string unit, string description, Func<long> read) =>
        Meter.CreateObservableCounter($"civicsense.mqtt.{name}", read, unit, description);

    void ByReason(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableCounter($"civicsense.mqtt.{name}", read, unit, description);

    IEnumerable<Measurement<long>> Refused() => Count(Enum.GetValues<MqttReasonCode>(), statistics.ConnectionsRefused);

    IEnumerable<Measurement<long>> Failed() => Count(Enum.GetValues<MqttReasonCode>(), statistics.ProtocolErrors);

    IEnumerable<Measurement<long>> Dropped() => Count(Enum.GetValues<MqttDropReason>(), statistics.Dropped);

    // A reason that has not occurred is not mentioned: there are forty of them.
    static IEnumerable<Measurement<long>> Count<T>(T[] reasons, Func<T, long> count)
        where T : struct, Enum =>
        from reason in reasons
        let times = count(reason)
        where times > 0
        select new Measurement<long>(times, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void Dispose() => Meter.Dispose();
}
