using System.Net;
using CivicSense.Mqtt.Listener;
using CivicSense.Mqtt.Listener.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CivicSense.Mqtt;

/// <summary>Puts the MQTT listener into a host.</summary>
/// <example>
/// <code>
/// builder.Services.AddMqttListener().AddSingleton&lt;IMqttApplication, MyApplication&gt;();
/// builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 1883));
/// </code>
/// </example>
public static class MqttListenerExtensions
{
    /// <summary>
    /// Registers the listener, its <see cref="MqttListenerStatistics"/> and <see cref="IMqttPublisher"/>. The host has to register an
    /// <see cref="IMqttApplication"/>, and may register a <see cref="TimeProvider"/>.
    /// </summary>
    /// <remarks>
    /// On Linux the connections of all endpoints of the process, whatever they speak, leave a tenth of its file descriptors (at least 64,
    /// at most 512) to the rest of it; more are closed as soon as they are accepted.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">
    /// Changes the limits. Wrong ones stop the host's start with an <see cref="OptionsValidationException"/>.
    /// </param>
    public static IServiceCollection AddMqttListener(this IServiceCollection services, Action<MqttListenerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<MqttListenerOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<MqttListenerOptions>, Validator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<MqttListenerStatistics>();
        services.TryAddSingleton(provider => new MqttRouter(
            provider.GetRequiredService<IOptions<MqttListenerOptions>>().Value,
            provider.GetRequiredService<MqttListenerStatistics>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IMqttPublisher>(static provider => provider.GetRequiredService<MqttRouter>());
        services.TryAddSingleton<MqttListener>();
        services.TryAddSingleton(static provider => new MqttConnectionHandler(provider.GetRequiredService<MqttListener>()));
        services.AddHostedService(static provider => provider.GetRequiredService<MqttListener>());
        services.AddDescriptorReserve();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, PolledTransport>());
        return services;
    }

    /// <summary>
    /// Registers only what keeps file descriptors back from connections, as in the remarks on <see cref="AddMqttListener"/>: for a process
    /// that speaks no MQTT but is reached by anybody.
    /// </summary>
    /// <param name="services">The host's services; must hold logging.</param>
    public static IServiceCollection AddDescriptorReserve(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<MqttListenerStatistics>();
        services.TryAddSingleton<DescriptorReserve>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, GuardedTransport>());
        return services;
    }

    /// <summary>
    /// Adds an endpoint that speaks MQTT, with the listener's own transport where there is one (<see cref="MqttEndPoint"/>).
    /// </summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="address">The address; <see cref="IPAddress.IPv6Any"/> is all addresses of both families.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="configure">
    /// Adds what comes before MQTT, such as TLS. What that takes is part of <see cref="MqttListenerOptions.ConnectDeadline"/>, and a
    /// connection counts while it lasts.
    /// </param>
    public static void ListenMqtt(this KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.Listen(new MqttEndPoint(address, port), endpoint =>
        {
            endpoint.Use(next =>
            {
                var handler = endpoint.ApplicationServices.GetRequiredService<MqttConnectionHandler>();
                return connection => handler.AcceptAsync(connection, next);
            });
            configure?.Invoke(endpoint);
            endpoint.UseMqtt();
        });
    }

    /// <summary>
    /// Makes an endpoint of Kestrel speak MQTT. Limits and deadlines begin where a connection gets here, after TLS if there is any; with
    /// <see cref="ListenMqtt"/> they begin when it is accepted.
    /// </summary>
    public static ListenOptions UseMqtt(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.UseConnectionHandler<MqttConnectionHandler>();
        return endpoint;
    }

    sealed class Validator : IValidateOptions<MqttListenerOptions>
    {
        public ValidateOptionsResult Validate(string? name, MqttListenerOptions options)
        {
            string[] errors = [.. options.FindErrors()];
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }
    }
}
