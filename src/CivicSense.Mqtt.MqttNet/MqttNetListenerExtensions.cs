using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MQTTnet.Server;
using NetConnectionHandler = MQTTnet.AspNetCore.MqttConnectionHandler;

namespace CivicSense.Mqtt.MqttNet;

/// <summary>Puts MQTTnet's server behind the same seam as the project's own listener.</summary>
public static class MqttNetListenerExtensions
{
    /// <summary>
    /// Takes the place of <see cref="MqttListenerExtensions.AddMqttListener"/>. Of the options only
    /// <see cref="MqttListenerOptions.ConnectDeadline"/>, <see cref="MqttListenerOptions.MaximumConnections"/>, <see
    /// cref="MqttListenerOptions.MaximumConnectionsPerIdentity"/> and <see cref="MqttListenerOptions.MaximumQueuedMessagesPerSession"/> are
    /// in force: MQTTnet knows no others. Sessions end with their connection; a registered <see cref="IMqttSessionStore"/> is not used.
    /// </summary>
    public static IServiceCollection AddMqttNetListener(this IServiceCollection services, Action<MqttListenerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<MqttListenerOptions>().Configure(configure ?? (static _ => { }));
        services.TryAddSingleton<MqttListenerStatistics>();
        services.TryAddSingleton<NetConnectionHandler>();
        services.TryAddSingleton<IMqttServerAdapter>(static provider => provider.GetRequiredService<NetConnectionHandler>());
        services.TryAddSingleton<ClientDirectory>();
        services.TryAddSingleton<MqttNetListener>();
        services.TryAddSingleton<IMqttPublisher>(static provider => provider.GetRequiredService<MqttNetListener>());
        services.AddHostedService(static provider => provider.GetRequiredService<MqttNetListener>());
        return services;
    }

    /// <summary>Takes the place of <see cref="MqttListenerExtensions.UseMqtt"/>.</summary>
    public static ListenOptions UseMqttNet(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.UseConnectionHandler<NetConnectionHandler>();
        return endpoint;
    }
}
