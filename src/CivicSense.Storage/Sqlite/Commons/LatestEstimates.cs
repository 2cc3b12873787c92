using System.Collections.Concurrent;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>
/// Keeps the newest estimates in memory, because every visitor asks for all of them. Thread-safe. Only for the process that writes them:
/// it alone knows when they change.
/// </summary>
sealed class LatestEstimates
{
    readonly ConcurrentDictionary<Resolution, (long Change, IReadOnlyList<Estimate> Estimates)> kept = new();
    long change;

    /// <summary>Called after a commit that may have changed some.</summary>
    public void NoteChange() => Interlocked.Increment(ref change);

    /// <summary>What is kept, or what <paramref name="read"/> finds in the database.</summary>
    public async ValueTask<IReadOnlyList<Estimate>> GetAsync(Resolution resolution, Func<ValueTask<IReadOnlyList<Estimate>>> read)
    {
        // Before the database is read: what is committed meanwhile makes the answer one of the past at once.
        var seen = Interlocked.Read(ref change);
        if (kept.TryGetValue(resolution, out var known) && known.Change == seen)
            return known.Estimates;
        var estimates = await read();
        kept[resolution] = (seen, estimates);
        return estimates;
    }
}
