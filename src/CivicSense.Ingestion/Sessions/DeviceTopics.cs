using System.Text;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The topics of one device: <c>civicsense/v1/{device}/readings</c> and whatever else lies under its own name.</summary>
sealed class DeviceTopics
{
    readonly byte[] prefix;
    readonly byte[] readings;
    readonly string prefixText;

    /// <summary>The topics of the device named <paramref name="deviceName"/>.</summary>
    /// <exception cref="ArgumentException">No device can have this name. Wildcards in it would open the topics of others.</exception>
    public DeviceTopics(string deviceName)
    {
        if (!Device.IsValidName(deviceName))
            throw new ArgumentException("This is no device's name.", nameof(deviceName));
        prefixText = $"civicsense/v1/{deviceName}/";
        prefix = Encoding.UTF8.GetBytes(prefixText);
        readings = [.. prefix, .. "readings"u8];
    }

    /// <summary>What all topics of the device's own begin with, the last slash included.</summary>
    public string Prefix => prefixText;

    /// <summary>Whether readings are published there.</summary>
    public bool IsReadings(ReadOnlySpan<byte> topic) => topic.SequenceEqual(readings);

    /// <summary>Whether the topic is one of the device's own. The public topics are no device's, whatever its name.</summary>
    public bool IsOwn(ReadOnlySpan<byte> topic) => topic.StartsWith(prefix);

    /// <summary>Whether the device may subscribe: to its own topics and to what is public.</summary>
    /// <remarks>
    /// A wildcard can only stand behind the whole prefix, so it reaches nothing of others. Of a shared subscription (MQTT 5.0, section
    /// 4.8.2) the listener asks about the filter in it.
    /// </remarks>
    public bool MaySubscribe(string filter) => filter.StartsWith(prefixText, StringComparison.Ordinal) || PublicTopics.Hold(filter);

    /// <summary>Whether a message of this topic may go to the device: the same topics that it may subscribe to.</summary>
    public bool MayReceive(ReadOnlySpan<byte> topic) => IsOwn(topic) || PublicTopics.Hold(topic);
}
