using CivicSense.Mqtt;

namespace CivicSense.Ingestion;

/// <summary>One connected device: what it publishes becomes contributions.</summary>
sealed class DeviceSession(
    string deviceName, DeviceAccumulator device, OpenContributions contributions, AcceptanceTime acceptance, IngestionStatistics statistics)
    : IMqttSession
{
    // What waits for a device is saved with every change of its session, and takes room from all others.
    static readonly MqttSessionLimits Bounded = new() { MaximumQueuedBytes = 64 * 1024 };

    readonly DeviceTopics topics = new(deviceName);
    readonly ReadingBuffer readings = new();

    /// <summary>SHA-256 of the secret that the device came with; null if it came with a certificate, or has not come.</summary>
    public byte[]? SecretHash { get; init; }

    /// <inheritdoc/>
    public string Identity => deviceName;

    /// <inheritdoc/>
    public MqttSessionLimits Limits => Bounded;

    /// <inheritdoc/>
    /// <remarks>When the device was deleted, and when it has another secret than the one that it came with.</remarks>
    public bool IsRevoked => device.IsDeparted || (SecretHash is { } hash && !device.IsSecret(hash));

    /// <inheritdoc/>
    public MqttPublishDecision Publish(in MqttIncomingMessage message)
    {
        if (!topics.IsReadings(message.Topic))
            return PublishElsewhere(message.Topic);
        if (message.PayloadOmitted)
            return Refuse(ReadingOutcome.TooLarge);
        var now = acceptance.Now;
        if (!PayloadReader.TryRead(message.Payload, now, readings))
            return Refuse(ReadingOutcome.Malformed);
        readings.CountRefused(statistics);
        return Consumed(contributions.Add(device, readings.Readings, now));
    }

    /// <inheritdoc/>
    public bool MaySubscribe(string topicFilter) => topics.MaySubscribe(topicFilter);

    /// <inheritdoc/>
    /// <remarks>Nothing once the device is deleted: another may have its name. Nothing after a change of the secret: another may know the
    /// old one.</remarks>
    public bool MayReceive(ReadOnlySpan<byte> topic) => !IsRevoked && topics.MayReceive(topic);

    /// <inheritdoc/>
    public string ResponseInformation => topics.Prefix;

    /// <summary>Readings never wait on disk; whatever else is the device's own may.</summary>
    public bool MayStore(ReadOnlySpan<byte> topic) => topics.IsOwn(topic) && !topics.IsReadings(topic);

    /// <inheritdoc/>
    public void Closed()
    {
        // The accumulator stays: the device will come back, and its windows are still open.
    }

    MqttPublishDecision Refuse(ReadingOutcome reason)
    {
        statistics.CountMessage();
        statistics.Count(reason);
        return Consumed(ticket: 0);
    }

    MqttPublishDecision PublishElsewhere(ReadOnlySpan<byte> topic)
    {
        statistics.CountMessage();
        if (topics.IsOwn(topic))
            return new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Route, Ticket: 0);
        statistics.Count(ReadingOutcome.ForeignTopic);
        return new MqttPublishDecision(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, Ticket: 0);
    }

    /// <summary>A message that is of no use is acknowledged all the same, or the device would send it for ever.</summary>
    static MqttPublishDecision Consumed(long ticket) => new(MqttReasonCode.Success, MqttDelivery.Consumed, ticket);
}
