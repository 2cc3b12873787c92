#if MQTTNET
using System.Net;
using CivicSense.Mqtt;
using CivicSense.Mqtt.MqttNet;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CivicSense.Node.Hosting;

/// <summary>
/// Which MQTT stack the node uses: with <c>-p:MqttStack=MQTTnet</c> these three take the place of the project's own, because methods of the
/// nearest namespace win.
/// </summary>
static class MqttStack
{
    public static IServiceCollection AddMqttListener(this IServiceCollection services, Action<MqttListenerOptions>? configure = null) =>
        services.AddMqttNetListener(configure);

    public static ListenOptions UseMqtt(this ListenOptions endpoint) => endpoint.UseMqttNet();

    public static void ListenMqtt(this KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions> configure) =>
        kestrel.Listen(address, port, endpoint =>
        {
            configure(endpoint);
            endpoint.UseMqttNet();
        });
}
#endif
