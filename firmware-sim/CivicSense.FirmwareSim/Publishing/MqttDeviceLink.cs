using System.Net.Sockets;
using CivicSense.Mqtt;

namespace CivicSense.FirmwareSim.Publishing;

/// <summary>A device's real MQTT connection. Messages gather until they are flushed: an hour of one device is one write.</summary>
sealed class MqttDeviceLink : IDeviceLink
{
    // Among real firmware 3.1.1 is not dying out: every fifth device speaks it.
    const int OldProtocolEvery = 5;

    readonly MqttClient client;

    MqttDeviceLink(MqttClient client) => this.client = client;

    /// <summary>
    /// How devices connect to the given listener: client identifier and user name are the device's name, the password is its secret.
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
        try
        {
            return new MqttDeviceLink(await MqttClient.ConnectAsync(options, cancellationToken));
        }
        catch (Exception exception) when (exception is MqttException or SocketException or IOException or TimeoutException)
        {
            throw new IOException($"Device {device.Name} could not connect to {connection.Host}:{connection.Port}: {exception.Message}", exception);
        }
    };

    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool duplicate, CancellationToken cancellationToken) =>
        await client.PublishAsync(topic, payload, qualityOfService: 1, duplicate: duplicate, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancellationToken) => client.DrainAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();
}
