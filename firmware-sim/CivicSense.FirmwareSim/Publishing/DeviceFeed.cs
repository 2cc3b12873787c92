using System.Text;

namespace CivicSense.FirmwareSim.Publishing;

/// <summary>One message, ready to be published.</summary>
/// <param name="Payload">Valid until the feed's next call.</param>
/// <param name="Duplicate">The DUP flag.</param>
readonly record struct FeedMessage(ReadOnlyMemory<byte> Payload, bool Duplicate);

/// <summary>What one device sends, in the order of sending.</summary>
/// <remarks>
/// One thread at a time. <see cref="Next"/> may be called only while <see cref="NextSendTime"/> is not <see cref="Ended"/>.
/// </remarks>
abstract class DeviceFeed(SimulatedDevice device) : IDisposable
{
    /// <summary>The <see cref="NextSendTime"/> of a feed that has nothing more.</summary>
    public const long Ended = long.MaxValue;

    /// <summary>The device's name.</summary>
    public string Name { get; } = device.Name;

    /// <summary>The topic of all its messages.</summary>
    public ReadOnlyMemory<byte> Topic { get; } = Encoding.UTF8.GetBytes($"civicsense/v1/{device.Name}/readings");

    /// <summary>What was sent so far.</summary>
    public Tally Sent { get; } = new();

    /// <summary>When the next message is sent, in seconds of event time since 1970, or <see cref="Ended"/>. Never decreases.</summary>
    public abstract long NextSendTime { get; }

    /// <summary>Writes the next message, counts it, and moves on.</summary>
    public abstract FeedMessage Next();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
