using System.Text;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The topics of one device: <c>civicsense/v1/{device}/readings</c> and whatever else lies under its own name.</summary>
sealed class DeviceTopics
{
    const string PublicPrefix = $"civicsense/v1/{Device.ReservedName}/";

    static readonly byte[] PublicPrefixBytes = Encoding.UTF8.GetBytes(PublicPrefix);

    readonly bool isPublic;
    readonly byte[] prefix;
    readonly byte[] readings;
    readonly string prefixText;

    /// <summary>The topics of the device named <paramref name="deviceName"/>.</summary>
    public DeviceTopics(string deviceName)
    {
        prefixText = $"civicsense/v1/{deviceName}/";
        isPublic = prefixText == PublicPrefix;
        prefix = Encoding.UTF8.GetBytes(prefixText);
        readings = [.. prefix, .. "readings"u8];
    }

    /// <summary>Whether readings are published there.</summary>
    public bool IsReadings(ReadOnlySpan<byte> topic) => topic.SequenceEqual(readings);

    /// <summary>Whether the topic is one of the device's own. The public topics are no device's, whatever its name.</summary>
    public bool IsOwn(ReadOnlySpan<byte> topic) => !isPublic && topic.StartsWith(prefix);

    /// <summary>Whether the device may subscribe: to its own topics and to what is public.</summary>
    public bool MaySubscribe(string filter) =>
        filter.StartsWith(prefixText, StringComparison.Ordinal) || filter.StartsWith(PublicPrefix, StringComparison.Ordinal);

    /// <summary>Whether a message of this topic may go to the device: the same topics that it may subscribe to.</summary>
    public bool MayReceive(ReadOnlySpan<byte> topic) => topic.StartsWith(prefix) || topic.StartsWith(PublicPrefixBytes);
}
