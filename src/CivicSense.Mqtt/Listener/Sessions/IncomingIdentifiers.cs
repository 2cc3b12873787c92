namespace CivicSense.Mqtt.Listener;

/// <summary>
/// The packet identifiers of QoS 2 messages that a client has published and not yet released, MQTT 5.0 section 4.3.3: a bit each, so at most
/// 8 KiB whatever the client does. Guarded by the session.
/// </summary>
sealed class IncomingIdentifiers
{
    const int BitsPerWord = 64;

    ulong[]? words;

    public int Count { get; private set; }

    public bool Contains(ushort identifier) => words is not null && (words[identifier / BitsPerWord] & Bit(identifier)) != 0;

    public bool TryAdd(ushort identifier)
    {
        if (Contains(identifier)) return false;
        words ??= new ulong[(ushort.MaxValue + 1) / BitsPerWord];
        words[identifier / BitsPerWord] |= Bit(identifier);
        Count++;
        return true;
    }

    public bool Remove(ushort identifier)
    {
        if (!Contains(identifier)) return false;
        words![identifier / BitsPerWord] &= ~Bit(identifier);
        Count--;
        return true;
    }

    /// <summary>Gives the memory back if nothing is in it.</summary>
    public void Trim()
    {
        if (Count == 0) words = null;
    }

    public IEnumerable<ushort> All
    {
        get
        {
            for (int i = 0; Count > 0 && i <= ushort.MaxValue; i++)
            {
                if (Contains((ushort)i)) yield return (ushort)i;
            }
        }
    }

    static ulong Bit(ushort identifier) => 1ul << (identifier % BitsPerWord);
}
