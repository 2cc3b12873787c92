using System.Diagnostics.Metrics;
using CivicSense.Mqtt.Listener;

namespace CivicSense.Mqtt.Tests.Listener;

public sealed class MqttListenerMetricsTests
{
    static List<(string Name, string Tags, long Value)> Measure(MqttListenerStatistics statistics)
    {
        using var metrics = new MqttListenerMetrics(statistics);
        using var listener = new MeterListener();
        var measured = new List<(string, string, long)>();
        // Hosts of other tests have meters of the same name.
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == metrics.Meter) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Add((instrument.Name, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")), value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    [Fact]
    public void Every_total_of_the_statistics_is_shown()
    {
        var statistics = new MqttListenerStatistics();
        statistics.CountAccepted();
        statistics.CountReceived(5, 2);
        statistics.CountAcknowledged(3);
        statistics.CountRefused(MqttReasonCode.BadUserNameOrPassword);
        statistics.CountProtocolError(MqttReasonCode.PacketTooLarge);
        statistics.CountProtocolError(MqttReasonCode.PacketTooLarge);
        statistics.CountDropped(MqttDropReason.QueueFull);

        List<(string Name, string Tags, long Value)> measured = Measure(statistics);

        Assert.Contains(("civicsense.mqtt.connections.accepted", "", 1), measured);
        Assert.Contains(("civicsense.mqtt.messages.received", "", 5), measured);
        Assert.Contains(("civicsense.mqtt.payloads.omitted", "", 2), measured);
        Assert.Contains(("civicsense.mqtt.messages.acknowledged", "", 3), measured);
        Assert.Contains(("civicsense.mqtt.connections.refused", "reason=BadUserNameOrPassword", 1), measured);
        Assert.Contains(("civicsense.mqtt.connections.failed", "reason=PacketTooLarge", 2), measured);
        Assert.Contains(("civicsense.mqtt.deliveries.dropped", "reason=QueueFull", 1), measured);
        // One instrument for each number that the statistics have, but for the sum of all drops.
        int totals = typeof(MqttListenerStatistics)
            .GetProperties().Count(property => property.Name != nameof(statistics.DeliveriesDropped));
        Assert.Equal(totals + 3, measured.Count);
    }

    [Fact]
    public void Nothing_but_the_reason_is_ever_attached()
    {
        var statistics = new MqttListenerStatistics();
        foreach (MqttReasonCode reason in Enum.GetValues<MqttReasonCode>())
        {
            statistics.CountRefused(reason);
            statistics.CountProtocolError(reason);
        }

        foreach (MqttDropReason reason in Enum.GetValues<MqttDropReason>()) statistics.CountDropped(reason);
        string[] reasons = [.. Enum.GetNames<MqttReasonCode>(), .. Enum.GetNames<MqttDropReason>()];
        Assert.All(
            Measure(statistics).Where(measurement => measurement.Tags.Length > 0),
            measurement => Assert.Contains(measurement.Tags, reasons.Select(reason => $"reason={reason}")));
    }
}
