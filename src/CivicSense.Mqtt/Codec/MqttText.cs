using System.Buffers;
using System.Text.Unicode;

namespace CivicSense.Mqtt.Codec;

/// <summary>Which bytes are a string, a topic name and a topic filter: MQTT 5.0 sections 1.5.4 and 4.7.</summary>
static class MqttText
{
    static readonly SearchValues<byte> NotInTopicNames = SearchValues.Create([0, (byte)'+', (byte)'#']);

    /// <summary>Well-formed UTF-8 (no surrogates, nothing over-long: [MQTT-1.5.4-1]) without U+0000 ([MQTT-1.5.4-2]).</summary>
    public static bool IsValid(ReadOnlySpan<byte> text) => !text.Contains((byte)0) && Utf8.IsValid(text);

    /// <summary>At least one character, no wildcard ([MQTT-3.3.2-2], [MQTT-4.7.3-1]), at most 65,535 bytes.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> topic) =>
        topic.Length is > 0 and <= ushort.MaxValue && !topic.ContainsAny(NotInTopicNames) && Utf8.IsValid(topic);

    /// <summary>
    /// Wildcards stand alone in their level, and "#" comes last ([MQTT-4.7.1-1], [MQTT-4.7.1-2]). One that begins with "$share/" goes on
    /// with a share name and a filter ([MQTT-4.8.2-1], [MQTT-4.8.2-2]).
    /// </summary>
    public static bool IsTopicFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.Length is 0 or > ushort.MaxValue || !IsValid(filter)) return false;
        if (IsShared(filter) && !TrySplitShared(filter, out _, out filter)) return false;
        for (int i = 0; i < filter.Length; i++)
        {
            if (filter[i] is not ((byte)'+' or (byte)'#')) continue;
            bool startsLevel = i == 0 || filter[i - 1] == '/';
            bool endsFilter = i == filter.Length - 1;
            bool endsLevel = endsFilter || filter[i + 1] == '/';
            if (!startsLevel || !endsLevel || (filter[i] == '#' && !endsFilter)) return false;
        }

        return true;
    }

    /// <summary>"$share/…", MQTT 5.0 section 4.8.2.</summary>
    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith("$share/"u8);

    /// <summary>
    /// Takes "$share/name/filter" apart; false if it is none, the name or the filter is empty, or the name has a wildcard. The filter's own
    /// wildcards are not looked at.
    /// </summary>
    public static bool TrySplitShared(ReadOnlySpan<byte> shared, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> filter)
    {
        name = filter = default;
        if (!IsShared(shared)) return false;
        ReadOnlySpan<byte> rest = shared["$share/".Length..];
        ReadOnlySpan<byte> first = TakeLevel(ref rest, out bool more);
        if (!more || first.IsEmpty || rest.IsEmpty || first.ContainsAny((byte)'+', (byte)'#')) return false;
        name = first;
        filter = rest;
        return true;
    }

    public static int CountLevels(ReadOnlySpan<byte> topic) => topic.Count((byte)'/') + 1;

    /// <summary>
    /// Whether a valid filter matches a valid topic name. "$" topics are not matched by a leading wildcard ([MQTT-4.7.2-1]).
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (topic[0] == '$' && filter[0] is ((byte)'+' or (byte)'#')) return false;
        while (true)
        {
            ReadOnlySpan<byte> wanted = TakeLevel(ref filter, out bool moreWanted);
            if (wanted is [(byte)'#']) return true;
            ReadOnlySpan<byte> level = TakeLevel(ref topic, out bool moreLevels);
            if (wanted is not [(byte)'+'] && !wanted.SequenceEqual(level)) return false;
            // "sport/#" also matches "sport", its parent (section 4.7.1.2).
            if (!moreLevels) return !moreWanted || filter is [(byte)'#'];
            if (!moreWanted) return false;
        }
    }

    /// <summary>Cuts the first level off.</summary>
    public static ReadOnlySpan<byte> TakeLevel(scoped ref ReadOnlySpan<byte> topic, out bool more)
    {
        int slash = topic.IndexOf((byte)'/');
        more = slash >= 0;
        ReadOnlySpan<byte> level = more ? topic[..slash] : topic;
        topic = more ? topic[(slash + 1)..] : default;
        return level;
    }
}
