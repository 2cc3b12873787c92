using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.Ingestion;

/// <summary>Finds the device's name in a message from a broker, without copying it.</summary>
/// <remarks>
/// A topic that the filter does not match is no device's: a session may still be subscribed to what was configured before, and a broker
/// may have subscriptions of its own for a client.
/// </remarks>
sealed class DeviceNames
{
    readonly byte[] filter;
    readonly byte[]? prefix;
    readonly byte[]? property;

    /// <summary>The names in the messages of a topic filter.</summary>
    /// <param name="filter">The filter; its first <c>+</c> stands for the name unless <paramref name="property"/> is given.</param>
    /// <param name="property">The user property that has the name, or null.</param>
    public DeviceNames(string filter, string? property)
    {
        this.filter = Encoding.UTF8.GetBytes(filter);
        if (property is null)
            prefix = Encoding.UTF8.GetBytes(filter[..filter.IndexOf('+', StringComparison.Ordinal)]);
        else
            this.property = Encoding.UTF8.GetBytes(property);
    }

    /// <summary>Whether a text is a topic filter (MQTT 5.0, section 4.7.1).</summary>
    public static bool IsFilter(string text)
    {
        var levels = text.Split('/');
        return text.Length > 0 && !levels.Where((level, i) =>
            level.Contains('#', StringComparison.Ordinal) && (level.Length > 1 || i < levels.Length - 1)
            || level.Contains('+', StringComparison.Ordinal) && level.Length > 1).Any();
    }

    /// <summary>Whether a topic filter has a level for the name.</summary>
    public static bool HasDeviceLevel(string filter) => filter.Contains('+', StringComparison.Ordinal);

    /// <summary>The name; empty if the message has none, or its topic does not match the filter.</summary>
    public ReadOnlySpan<byte> Find(in MqttInboundMessage message)
    {
        if (!MqttTopicFilter.Matches(filter, message.Topic))
            return [];
        if (prefix is not null)
            return OfTopic(message.Topic, prefix);
        return MqttUserProperties.TryFind(message.Properties, property, out var name) ? name : [];
    }

    /// <summary>No wildcard stands before the first <c>+</c>, so the level begins where the filter's own text ends.</summary>
    static ReadOnlySpan<byte> OfTopic(ReadOnlySpan<byte> topic, byte[] prefix)
    {
        var rest = topic[prefix.Length..];
        var end = rest.IndexOf((byte)'/');
        return end < 0 ? rest : rest[..end];
    }
}
