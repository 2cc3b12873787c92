namespace CivicSense.Mqtt;

/// <summary>Lets the host itself publish to the listener's subscribers.</summary>
public interface IMqttPublisher
{
    /// <summary>Queues a message for every subscriber at QoS 0. Does not wait; slow subscribers lose it. Thread-safe.</summary>
    /// <param name="topic">A topic name; may begin with "$".</param>
    /// <param name="payload">
    /// The payload; only read during the call. Empty together with <paramref name="retain"/> removes the retained message.
    /// </param>
    /// <param name="retain">Whether later subscribers get it too.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="topic"/> is empty, has wildcards, or is longer than 65,535 bytes of UTF-8.
    /// </exception>
    void Publish(string topic, ReadOnlySpan<byte> payload, bool retain);
}
