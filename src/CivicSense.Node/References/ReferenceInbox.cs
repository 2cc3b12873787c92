using CivicSense.Commons;

namespace CivicSense.Node.References;

/// <summary>Keeps what stations have said until the release takes it: each value once, stored first, never waiting for a station.</summary>
/// <remarks>
/// The first value of a station, quantity and window counts, whatever the station says later: so a revision that comes after the release
/// was due cannot take away what was there in time. The store refuses what it already has, so that a restart gives nothing twice. Safe for
/// concurrent use, with one taker at a time.
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

    /// <summary>The most values of one station that wait, so that no source can fill the memory: ten years of every quantity.</summary>
    public static readonly int MostWaiting = 10 * 366 * 24 * Quantity.All.Length;

    readonly Lock gate = new();
    readonly Dictionary<Key, Waiting> waiting = [];
    readonly Dictionary<string, int> waitingOfStation = new(StringComparer.Ordinal);
    readonly HashSet<Key> taken = [];
    long oldest = long.MinValue;

    /// <summary>Adds what a source says.</summary>
    /// <param name="station">The station's name.</param>
    /// <param name="values">All that the source says, known or not.</param>
    /// <param name="arrived">When it said so; null for what was there before the node's first release since it started.</param>
    /// <param name="latest">
    /// The last window that a value may be of; what is older than twice <see cref="OldestHours"/> before it is passed over, for no release
    /// will ask for it. Null where no clock tells which windows are still to come.
    /// </param>
    /// <returns>How many values were refused: those of windows after the latest, and those beyond <see cref="MostWaiting"/>.</returns>
    public int Add(string station, IEnumerable<StationValue> values, DateTimeOffset? arrived, HourWindow? latest = null)
    {
        var refused = 0;
        lock (gate)
        {
            var first = latest is { } last ? Math.Max(oldest, last.Index - 2 * OldestHours) : oldest;
            var count = waitingOfStation.GetValueOrDefault(station);
            foreach (var (quantity, window, value) in values)
            {
                var key = new Key(station, quantity, window);
                if (window.Index < first || taken.Contains(key) || waiting.ContainsKey(key))
                    continue;
                if (window > latest || count == MostWaiting)
                {
                    refused++;
                    continue;
                }
                waiting.Add(key, new Waiting(value, arrived));
                count++;
            }
            waitingOfStation[station] = count;
        }
        return refused;
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
                Forget(key);
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
                Forget(key);
            return
            [
                .. waiting.Where(entry => entry.Key.Window <= knownFrom && HasArrived(entry.Value, knownFrom))
                    .OrderBy(entry => entry.Key.Window).ThenBy(entry => entry.Key.Station, StringComparer.Ordinal)
                    .ThenBy(entry => entry.Key.Quantity.Ordinal).Select(entry => (entry.Key, entry.Value.Value)),
            ];
        }
    }

    void Forget(Key key)
    {
        if (waiting.Remove(key))
            waitingOfStation[key.Station]--;
    }

    bool HasArrived(Waiting value, HourWindow knownFrom) =>
        lateness is not { } late || value.Arrived is not { } arrived || arrived <= knownFrom.End + late;

    readonly record struct Key(string Station, Quantity Quantity, HourWindow Window);

    readonly record struct Waiting(double Value, DateTimeOffset? Arrived);
}
