using CivicSense.Mqtt.Listener;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CivicSense.Mqtt;

/// <summary>Serves MQTT 3.1.1 and 5.0 on one connection of Kestrel. Added by <see cref="MqttListenerExtensions.UseMqtt"/>.</summary>
public sealed class MqttConnectionHandler : ConnectionHandler
{
    readonly MqttListener listener;

    internal MqttConnectionHandler(MqttListener listener) => this.listener = listener;

    /// <inheritdoc />
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using var mqtt = new MqttConnection(listener, connection);
        if (!listener.TryOpen(mqtt)) return;
        CancellationToken hostStops =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            using (hostStops.Register(() => mqtt.RequestClose(MqttReasonCode.ServerShuttingDown))) await mqtt.RunAsync();
        }
        finally
        {
            listener.Forget(mqtt);
        }
    }
}
