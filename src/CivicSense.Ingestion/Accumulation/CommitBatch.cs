using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>What one commit writes: the changed contributions, each with how many of its readings no earlier commit has written.</summary>
sealed class CommitBatch
{
    Contribution[] contributions = new Contribution[64];
    ushort[] newReadings = new ushort[64];

    /// <summary>How many contributions it holds.</summary>
    public int Count { get; private set; }

    /// <summary>What is to be written.</summary>
    public ReadOnlyMemory<Contribution> Contributions => contributions.AsMemory(0, Count);

    /// <summary>Adds a changed contribution.</summary>
    public void Add(in Contribution contribution, ushort readings)
    {
        if (Count == contributions.Length)
        {
            Array.Resize(ref contributions, 2 * Count);
            Array.Resize(ref newReadings, 2 * Count);
        }
        contributions[Count] = contribution;
        newReadings[Count++] = readings;
    }

    /// <summary>Empties it; its room is kept.</summary>
    public void Clear() => Count = 0;

    /// <summary>Leaves out what belongs to <paramref name="window"/> and earlier windows.</summary>
    /// <returns>How many readings are lost with that. Those that were written before are not among them.</returns>
    public int DropThrough(HourWindow window)
    {
        var (kept, lost) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            if (contributions[i].Window <= window)
                lost += newReadings[i];
            else
                (contributions[kept], newReadings[kept++]) = (contributions[i], newReadings[i]);
        }
        Count = kept;
        return lost;
    }
}
