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
    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Features.Get<MqttConnection>() is { } accepted
            ? accepted.RunAsync()
            : AcceptAsync(connection, static context => context.Features.Get<MqttConnection>()!.RunAsync());
    }

    /// <summary>
    /// Counts a connection and begins its deadline, before <paramref name="next"/>, such as TLS, takes its time; MQTT comes at the end of
    /// that.
    /// </summary>
    internal async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var mqtt = new MqttConnection(listener, connection);
        if (!listener.TryOpen(mqtt)) return;
        connection.Features.Set(mqtt);
        CancellationToken hostStops =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            using (hostStops.Register(() => mqtt.RequestClose(MqttReasonCode.ServerShuttingDown))) await next(connection);
        }
        finally
        {
            listener.Forget(mqtt);
        }
    }
}
