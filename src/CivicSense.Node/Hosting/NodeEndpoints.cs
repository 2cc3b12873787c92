using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using CivicSense.Mqtt;
using CivicSense.Node.Settings;
using CivicSense.Node.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CivicSense.Node.Hosting;

/// <summary>Where the node listens. Certificates are read when it is made, so that a wrong one is an error of the start.</summary>
/// <exception cref="UserErrorException">A certificate cannot be read.</exception>
sealed class NodeEndpoints(NodeSettings settings)
{
    // Registered by IANA for MQTT over TLS.
    static readonly SslApplicationProtocol MqttProtocol = new("mqtt");

    readonly TlsEndpoint? http = TlsEndpoint.Read("http", settings.Http, TimeProvider.System);
    // A process that takes no readings needs none of their certificates.
    readonly TlsEndpoint? mqtt = settings.Role.Ingests ? TlsEndpoint.Read("mqtt", settings.Mqtt, TimeProvider.System, MqttProtocol) : null;
    readonly TlsEndpoint? mqttTls = settings.Role.Ingests && settings.MqttTls is { } secure
        ? TlsEndpoint.Read("mqttTls", secure, TimeProvider.System, MqttProtocol)
        : null;

    // The listener's own deadline counts from accept and comes first; this one is for a stack that has none.
    TimeSpan MqttHandshakeTimeout => 2 * settings.Mqtt.Limits.ConnectDeadline;

    /// <summary>Adds the endpoints to Kestrel in the order HTTP, MQTT, MQTT over TLS.</summary>
    public void AddTo(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        Listen(kestrel, settings.Http, endpoint => Secure(endpoint, http));
        if (!settings.Role.Ingests)
            return;
        if (settings.Mqtt.Enabled)
            kestrel.ListenMqtt(AddressOf(settings.Mqtt), settings.Mqtt.Port, endpoint => Secure(endpoint, mqtt, MqttHandshakeTimeout));
        if (settings.MqttTls is { } secure)
            kestrel.ListenMqtt(AddressOf(secure), secure.Port, endpoint => Secure(endpoint, mqttTls, MqttHandshakeTimeout));
    }

    static void Listen(KestrelServerOptions kestrel, EndpointSettings settings, Action<ListenOptions> configure)
    {
        if (settings.Address == "*") kestrel.ListenAnyIP(settings.Port, configure);
        else kestrel.Listen(IPAddress.Parse(settings.Address), settings.Port, configure);
    }

    static IPAddress AddressOf(EndpointSettings settings) => settings.Address != "*" ? IPAddress.Parse(settings.Address)
        : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    static ListenOptions Secure(ListenOptions endpoint, TlsEndpoint? tls, TimeSpan? handshakeTimeout = null) => tls is null
        ? endpoint
        : endpoint.UseHttps(tls.ToKestrel(endpoint.ApplicationServices.GetRequiredService<ILogger<TlsEndpoint>>(), handshakeTimeout));
}
