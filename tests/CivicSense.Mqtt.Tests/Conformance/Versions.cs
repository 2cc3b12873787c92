using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>What differs between the two versions of the protocol where a case is the same.</summary>
static class Versions
{
    public static TheoryData<MqttProtocolVersion> Both { get; } = [MqttProtocolVersion.V311, MqttProtocolVersion.V5];

    /// <summary>A session that outlives its connection: Clean Session 0 in MQTT 3.1.1, a Session Expiry Interval in MQTT 5.0.</summary>
    public static WireConnect Persistent(this WireConnect connect) => connect with
    {
        CleanStart = false,
        Properties = connect.Version == MqttProtocolVersion.V5 ? new() { { WireProperty.SessionExpiryInterval, 99_999 } } : [],
    };

    /// <summary>Waits until the listener has let go of all but this many connections.</summary>
    public static Task UntilOpenAsync(this TestHost host, int connections) =>
        TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == connections);
}
