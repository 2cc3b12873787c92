using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>Compares topic filters with topics (MQTT 5.0, section 4.7).</summary>
public static class MqttTopicFilter
{
    /// <summary>Whether a text is a topic filter, with or without <c>$share/GROUP/</c> (section 4.8.2).</summary>
    /// <param name="text">The text, UTF-8.</param>
    public static bool IsValid(ReadOnlySpan<byte> text) => MqttText.IsTopicFilter(text);

    /// <summary>
    /// Whether a filter matches a topic name; allocates nothing. A leading wildcard does not match a topic that begins with <c>$</c>
    /// ([MQTT-4.7.2-1]).
    /// </summary>
    /// <param name="filter">A valid topic filter, UTF-8, without <c>$share/GROUP/</c>; an empty one matches nothing.</param>
    /// <param name="topic">A topic name, UTF-8; an empty one is matched by nothing.</param>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic) =>
        !filter.IsEmpty && !topic.IsEmpty && MqttText.Matches(filter, topic);
}
