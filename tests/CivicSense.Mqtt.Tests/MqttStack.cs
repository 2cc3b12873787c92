#if MQTTNET
using System.Net;
using CivicSense.Mqtt.MqttNet;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.Mqtt.Tests;

/// <summary>
/// Which MQTT stack the tests run against: with <c>-p:MqttStack=MQTTnet</c> these two take the place of the project's own, because methods
/// of the nearest namespace win.
/// </summary>
static class MqttStack
{
    public static IServiceCollection AddMqttListener(this IServiceCollection services, Action<MqttListenerOptions>? configure = null) =>
        services.AddMqttNetListener(configure);

    public static void ListenMqtt(this KestrelServerOptions kestrel, IPAddress address, int port) =>
        kestrel.Listen(address, port, endpoint => endpoint.UseMqttNet());
}
#endif
