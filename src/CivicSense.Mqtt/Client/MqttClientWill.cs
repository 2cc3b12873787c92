namespace CivicSense.Mqtt;

/// <summary>What the server publishes when this client is gone without having said goodbye, MQTT 5.0 section 3.1.2.5.</summary>
/// <param name="Topic">The topic name.</param>
/// <param name="Payload">At most 65,535 bytes.</param>
public sealed record MqttClientWill(string Topic, ReadOnlyMemory<byte> Payload)
{
    /// <summary>0 (the default), 1 or 2.</summary>
    public byte QualityOfService { get; init; }

    /// <summary>Whether the server keeps it for later subscribers. Default no.</summary>
    public bool Retain { get; init; }

    /// <summary>How long the server waits for this client to come back first; MQTT 5.0, whole seconds. Default zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What it says about itself; MQTT 5.0.</summary>
    public MqttMessageProperties? Properties { get; init; }
}
