using System.Runtime.InteropServices;
using CivicSense.Commons;

namespace CivicSense.Node.References;

/// <summary>Keeps what stations have said until the release takes it: each value once, stored first, never waiting for a station.</summary>
/// <remarks>
/// A value that changes while it waits is replaced; once taken, the first one counts. The store refuses what it already has, so that a
/// restart gives nothing twice. Safe for concurrent use, with one taker at a time.
/// </remarks>
/// <param name="store">Where values are kept before anybody gets them.</param>
/// <param name="lateness">
/// How long after a window's end its release is due, by the clock that values arrive by: what arrives later waits for the next window, even
/// if the release is late. So what is taken does not depend on how long earlier windows took, which private data have a part in. Null
/// where that clock is not the release's.
/// </param>
sealed class ReferenceInbox(IReferenceStore store, TimeSpan? lateness) : IReferenceSource
{
    /// <summary>Values older than this many hours before the window to be released are never taken.</summary>
    public const int OldestHours = 31 * 24;

    readonly Lock gate = new();
    readonly Dictionary<Key, Waiting> waiting = [];
    readonly HashSet<Key> taken = [];
    long oldest = long.MinValue;

    /// <summary>Adds what a source says.</summary>
    /// <param name="station">The station's name.</param>
    /// <param name="values">All that the source says, known or not.</param>
    /// <param name="arrived">When it said so; null for what was there before the node's first release since it started.</param>
    public void Add(string station, IEnumerable<StationValue> values, DateTimeOffset? arrived)
    {
        lock (gate)
        {
            foreach (var (quantity, window, value) in values)
            {
                var key = new Key(station, quantity, window);
                if (window.Index < oldest || taken.Contains(key))
                    continue;
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(waiting, key, out var exists);
                if (!exists || entry.Value != value)
                    entry = new Waiting(value, arrived);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReferenceValue>> TakeAsync(HourWindow knownFrom, CancellationToken cancellationToken)
    {
        var due = Due(knownFrom);
        if (due.Count == 0)
            return [];
        var values = due.ConvertAll(
            entry => new ReferenceValue(entry.Key.Station, entry.Key.Quantity, entry.Key.Window, entry.Value, knownFrom));
        var added = await store.AddAsync(values, cancellationToken);
        lock (gate)
        {
            foreach (var (key, _) in due)
            {
                taken.Add(key);
                waiting.Remove(key);
            }
        }
        return added;
    }

    List<(Key Key, double Value)> Due(HourWindow knownFrom)
    {
        lock (gate)
        {
            oldest = Math.Max(oldest, knownFrom.Index - OldestHours);
            taken.RemoveWhere(key => key.Window.Index < oldest);
            foreach (var key in waiting.Keys.Where(key => key.Window.Index < oldest).ToList())
                waiting.Remove(key);
            return
            [
                .. waiting.Where(entry => entry.Key.Window <= knownFrom && HasArrived(entry.Value, knownFrom))
                    .OrderBy(entry => entry.Key.Window).ThenBy(entry => entry.Key.Station, StringComparer.Ordinal)
                    .ThenBy(entry => entry.Key.Quantity.Ordinal).Select(entry => (entry.Key, entry.Value.Value)),
            ];
        }
    }

    bool HasArrived(Waiting value, HourWindow knownFrom) =>
        lateness is not { } late || value.Arrived is not { } arrived || arrived <= knownFrom.End + late;

    readonly record struct Key(string Station, Quantity Quantity, HourWindow Window);

    readonly record struct Waiting(double Value, DateTimeOffset? Arrived);
}
