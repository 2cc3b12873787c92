using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Turns the messages of one connection to a broker into contributions.</summary>
/// <remarks>
/// Called by the connection's reading thread only, and allocates nothing for a message of a device that is known. A message that is of no
/// use is counted and acknowledged all the same, or the broker would send it for ever. What may have waited in a session has no time of
/// arrival that says anything: to count it then would carry one day into another (<paramref name="takesUntimed"/>).
/// </remarks>
sealed class BrokerIntake(
    DeviceNames names, BrokerDevices devices, BrokerAcknowledgements acknowledgements, OpenContributions contributions,
    AcceptanceTime acceptance, IngestionStatistics statistics, int receiveMaximum, bool takesUntimed,
    CancellationToken stopping)
    : IMqttMessageHandler
{
    /// <summary>The same as of the node's own listener.</summary>
    const int MaximumPayloadLength = 64 * 1024;

    static readonly TimeSpan VaultRetryDelay = TimeSpan.FromMilliseconds(500);

    readonly ReadingBuffer readings = new();
    BrokerDevice? last;

    /// <inheritdoc/>
    public void Handle(in MqttInboundMessage message)
    {
        // What is not taken any more stays unacknowledged, and comes again to whoever connects next.
        if (stopping.IsCancellationRequested || !TryFind(names.Find(message), out var device))
            return;
        var ticket = device is null ? Refuse(ReadingOutcome.UnknownDevice) : Take(device.Accumulator, message.Payload);
        if (message.QualityOfService > 0)
            acknowledgements.Add(message.Token, ticket);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A broker that keeps to the Receive Maximum stops by itself, and the connection stays alive however long nothing is durable. Of one
    /// that does not (Mosquitto 2.0), no more is read until the surplus is acknowledged.
    /// </remarks>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) =>
        acknowledgements.WaitForAtMostAsync(receiveMaximum, cancellationToken);

    long Take(DeviceAccumulator device, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaximumPayloadLength)
            return Refuse(ReadingOutcome.TooLarge);
        var now = acceptance.Now;
        if (!PayloadReader.TryRead(payload, takesUntimed ? now : null, readings))
            return Refuse(ReadingOutcome.Malformed);
        readings.CountRefused(statistics);
        return contributions.Add(device, readings.Readings, now);
    }

    /// <summary>Counts a message that nothing has to become durable of.</summary>
    long Refuse(ReadingOutcome reason)
    {
        statistics.CountMessage();
        statistics.Count(reason);
        return 0;
    }

    /// <summary>False if the node stops before the vault has answered.</summary>
    bool TryFind(ReadOnlySpan<byte> name, out BrokerDevice? device)
    {
        device = last;
        if (device is not null && device.Is(name))
            return true;
        while (true)
        {
            try
            {
                device = last = devices.Find(name);
                return true;
            }
            catch (VaultUnavailableException)
            {
                // As when it cannot be written: nothing more is read from the broker until it is there again.
                if (stopping.WaitHandle.WaitOne(VaultRetryDelay))
                    return false;
            }
        }
    }
}
