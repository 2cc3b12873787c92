using System.Collections.Concurrent;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>
/// Keeps the newest estimates in memory until something public changes, because every visitor asks for all of them. Thread-safe.
/// </summary>
sealed class LatestEstimates
{
    readonly ConcurrentDictionary<Resolution, (string Version, IReadOnlyList<Estimate> Estimates)> kept = new();

    /// <summary>What is kept, or what <paramref name="read"/> finds in the database.</summary>
    /// <param name="resolution">The resolution.</param>
    /// <param name="version">
    /// What <see cref="ICommons.ReadVersionAsync"/> said before: what is committed meanwhile makes the answer one of the past at once.
    /// </param>
    /// <param name="read">Asks the database.</param>
    public async ValueTask<IReadOnlyList<Estimate>> GetAsync(
        Resolution resolution, string version, Func<ValueTask<IReadOnlyList<Estimate>>> read)
    {
        if (kept.TryGetValue(resolution, out var known) && known.Version == version)
            return known.Estimates;
        var estimates = await read();
        kept[resolution] = (version, estimates);
        return estimates;
    }
}
