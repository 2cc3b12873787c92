namespace CivicSense.Mqtt.Client;

/// <summary>Which of the 65,535 packet identifiers are in use (MQTT 5.0 section 2.2.1). Not thread-safe.</summary>
sealed class PacketIdentifiers
{
    readonly ulong[] used = new ulong[1024];
    int last;
    int count;

    // 0 is not an identifier.
    public PacketIdentifiers() => used[0] = 1;

    /// <summary>Takes the next free one, so that a released one is not used again soon; null if all are in use.</summary>
    public ushort? TryTake()
    {
        if (count == ushort.MaxValue) return null;
        do last = last == ushort.MaxValue ? 1 : last + 1;
        while (IsUsed(last));
        used[last >> 6] |= 1ul << (last & 63);
        count++;
        return (ushort)last;
    }

    public void Release(ushort identifier)
    {
        if (identifier == 0 || !IsUsed(identifier)) return;
        used[identifier >> 6] &= ~(1ul << (identifier & 63));
        count--;
    }

    bool IsUsed(int identifier) => (used[identifier >> 6] >> (identifier & 63) & 1) != 0;
}
