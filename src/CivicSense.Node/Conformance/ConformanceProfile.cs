using System.Net;
using CivicSense.Mqtt;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Conformance;

/// <summary>
/// <c>civicsense run --mqtt-profile conformance</c>: the listener as interoperability suites expect a broker, open to everybody on this
/// machine. For testing the protocol only: nothing here is private, so nothing private may be near.
/// </summary>
static class ConformanceProfile
{
    /// <summary>The profile's name on the command line.</summary>
    public const string Name = "conformance";

    /// <summary>Makes the node reachable from this machine only, in the clear.</summary>
    /// <exception cref="UserErrorException">The settings ask for another address, for TLS or for a broker.</exception>
    public static NodeSettings Restrict(NodeSettings settings)
    {
        if (settings.Mqtt.Certificate is not null || settings.MqttTls is not null)
        {
            throw new UserErrorException(
                "--mqtt-profile conformance: without TLS only. Take mqtt.certificate and mqttTls out of the configuration.");
        }
        if (settings.Broker is not null)
            throw new UserErrorException("--mqtt-profile conformance: take broker out of the configuration; its readings would be lost.");
        return settings with
        {
            IsConformanceProfile = true,
            Http = settings.Http with { Address = LoopbackOf("http", settings.Http) },
            Mqtt = settings.Mqtt with { Address = LoopbackOf("mqtt", settings.Mqtt) },
        };
    }

    static string LoopbackOf(string key, EndpointSettings endpoint)
    {
        if (endpoint.Address == "*")
            return IPAddress.Loopback.ToString();
        return IPAddress.IsLoopback(IPAddress.Parse(endpoint.Address))
            ? endpoint.Address
            : throw new UserErrorException(
                $"--mqtt-profile conformance: {key}.address is '{endpoint.Address}'. "
                + "Everybody may do everything, so only 127.0.0.1 is allowed.");
    }

    /// <summary>Refuses a data folder in which somebody is enrolled.</summary>
    /// <exception cref="UserErrorException">There are devices.</exception>
    public static async Task RequireNobodyAsync(IVault vault, CancellationToken cancellationToken)
    {
        if ((await vault.ReadDevicesAsync(cancellationToken)).Count > 0)
        {
            throw new UserErrorException(
                "--mqtt-profile conformance: sensors are enrolled in this data folder. "
                + "Everybody may do everything in this profile; use an empty folder.");
        }
    }

    /// <summary>The limits that Eclipse's suites (paho.mqtt.testing) look for.</summary>
    public static void ApplyTo(MqttListenerOptions options)
    {
        // Asked for 120 s, the server has to answer with less.
        options.MaximumKeepAlive = TimeSpan.FromSeconds(60);
        // Flow control is tested by sending one message more than this.
        options.ReceiveMaximum = 2;
        // Small enough for the suite to try a packet that is too large.
        options.MaximumPacketSize = 8192;
        options.MaximumConnectionsPerIdentity = 1024;
        options.PublishRate = 0;
        options.SubscribeRate = 0;
        // The 5.0 suite knows no other refusal of a subscription.
        options.SubscriptionRefusal = MqttReasonCode.UnspecifiedError;
    }
}
