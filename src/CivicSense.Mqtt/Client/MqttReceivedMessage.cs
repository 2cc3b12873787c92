namespace CivicSense.Mqtt;

/// <summary>A message from the server. The payload is a copy and stays valid.</summary>
/// <param name="Topic">The topic name.</param>
/// <param name="Payload">The payload.</param>
/// <param name="QualityOfService">0, 1 or 2.</param>
/// <param name="Retain">Whether it was stored before this subscription was made (or, with Retain As Published, how it was sent).</param>
/// <param name="Duplicate">Whether the server has sent it before.</param>
public sealed record MqttReceivedMessage(string Topic, ReadOnlyMemory<byte> Payload, byte QualityOfService, bool Retain, bool Duplicate)
{
    /// <summary>What it says about itself; null if it came without properties.</summary>
    public MqttMessageProperties? Properties { get; init; }
}
