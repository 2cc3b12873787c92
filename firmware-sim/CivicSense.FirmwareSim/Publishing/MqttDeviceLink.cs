using CivicSense.Mqtt;

namespace CivicSense.FirmwareSim.Publishing;

/// <summary>
/// A device's real MQTT connection. Messages gather until they are flushed: an hour of one device is one write. A connection that is lost
/// comes back, and what was not acknowledged is sent again, as real firmware does it.
/// </summary>
sealed class MqttDeviceLink : IDeviceLink
{
    // Among real firmware 3.1.1 is not dying out: every fifth device speaks it.
    const int OldProtocolEvery = 5;

    readonly MqttReconnectingClient client;
    Task running = Task.CompletedTask;

    MqttDeviceLink(MqttReconnectingClient client) => this.client = client;

    /// <summary>
    /// How devices connect to the given listener: client identifier and user name are the device's name, the password is its secret. The
    /// first connection is tried once.
    /// </summary>
    public static ConnectDevice To(FleetConnection connection) => async (device, index, cancellationToken) =>
    {
        var options = new MqttClientOptions
        {
            Host = connection.Host,
            Port = connection.Port,
            ClientId = device.Name,
            UserName = device.Name,
            Password = device.Secret,
            Version = index % OldProtocolEvery == OldProtocolEvery - 1 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V5,
            AutoFlush = false,
        };
        var link = new MqttDeviceLink(new MqttReconnectingClient(options));
        if (await link.StartAsync(cancellationToken)) return link;
        await link.DisposeAsync();
        var cause = link.client.LastFailure;
        throw new IOException($"Device {device.Name} could not connect to {connection.Host}:{connection.Port}: {cause?.Message}", cause);
    };

    /// <summary>Whether the first attempt succeeded.</summary>
    async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged = state =>
        {
            if (state != MqttClientState.Connecting) first.TrySetResult(state == MqttClientState.Connected);
        };
        running = client.RunAsync(CancellationToken.None);
        try
        {
            return await first.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool duplicate, CancellationToken cancellationToken) =>
        await client.PublishAsync(topic, payload, qualityOfService: 1, duplicate: duplicate, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        client.Flush();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancellationToken) => client.DrainAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        // Why it failed, if it did, was told to whoever published.
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
