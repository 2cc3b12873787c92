namespace CivicSense.OpenData.SensorThings;

/// <summary>Reads the Observations of any number of Datastreams in an order that needs no sorting.</summary>
sealed class ObservationScan
{
    /// <summary>How many estimates are read at once at most.</summary>
    public const int LargestChunk = 1000;

    readonly QueryContext context;
    readonly ObservationOrder order;
    readonly PriorityQueue<StreamCursor, (long Time, int Stream)> cursors = new();
    readonly Dictionary<StreamCursor, int> numbers = [];

    /// <param name="context">The request.</param>
    /// <param name="streams">The Datastreams, in the order of their ids.</param>
    /// <param name="order">The order.</param>
    /// <param name="bounds">What is read of each.</param>
    /// <param name="after">Where the page before ended; null to begin at the beginning.</param>
    /// <param name="chunk">How many are likely to be wanted of one Datastream.</param>
    public ObservationScan(
        QueryContext context, IReadOnlyList<Datastream> streams, ObservationOrder order, TimeBounds bounds, ObservationPosition? after,
        int chunk)
    {
        this.context = context;
        this.order = order;
        var backwards = order == ObservationOrder.Newest;
        var ranked = order == ObservationOrder.ById ? streams : [.. streams.Order(Comparer<Datastream>.Create(CompareRank))];
        for (var i = 0; i < ranked.Count; i++)
        {
            var stream = ranked[i];
            var (from, until) = (bounds.FirstStart(stream), bounds.Until);
            if (after is not null && !Continue(stream, after, ref from, ref until)) continue;
            var cursor = new StreamCursor(context, stream, from, until, backwards, chunk);
            if (cursor.IsDone) continue;
            numbers[cursor] = i;
            Enqueue(cursor);
        }
    }

    /// <summary>Whether it ended because it would have cost too much to go on.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The Observation that was returned last.</summary>
    public Observation? Last { get; private set; }

    /// <summary>The next one, or null at the end.</summary>
    public async ValueTask<Observation?> NextAsync()
    {
        while (cursors.TryPeek(out var cursor, out _))
        {
            context.Budget.Step();
            if (cursor.Head is not null)
            {
                cursors.Dequeue();
                Last = new Observation(cursor.Stream, cursor.Take());
                Enqueue(cursor);
                return Last;
            }
            if (context.Budget.IsReadingSpent)
            {
                IsCut = true;
                return null;
            }
            cursors.Dequeue();
            await cursor.LoadAsync();
            Enqueue(cursor);
        }
        return null;
    }

    /// <summary>
    /// Whether there is a next one, where that can be said without reading it; null where it cannot. What is not the first of its
    /// Datastream has one before it.
    /// </summary>
    /// <param name="isUnbounded">Whether everything back to the first is wanted.</param>
    public async ValueTask<bool?> KnowsOfMoreAsync(bool isUnbounded)
    {
        if (!cursors.TryPeek(out var cursor, out _)) return false;
        if (cursor.Head is not null) return true;
        if (!isUnbounded || order != ObservationOrder.Newest || context.Budget.IsReadingSpent) return null;
        var hasMore = cursor.NextBound > await context.FirstStartAsync(cursor.Stream);
        return hasMore || cursors.Count == 1 ? hasMore : null;
    }

    /// <summary>Narrows what is read of a Datastream to what comes after a position. False if nothing does.</summary>
    bool Continue(Datastream stream, ObservationPosition after, ref DateTimeOffset from, ref DateTimeOffset until)
    {
        var beyond = order == ObservationOrder.ById
            ? string.CompareOrdinal(stream.Id, after.Stream) > 0
            : CompareRank((stream.Resolution, stream.Id), (after.Resolution, after.Stream)) > 0;
        var next = after.Start.AddMilliseconds(1);
        switch (order)
        {
            case ObservationOrder.ById:
                if (beyond) return true;
                if (stream.Id != after.Stream) return false;
                if (next > from) from = next;
                return true;
            case ObservationOrder.Earliest:
                var start = beyond ? after.Start : next;
                if (start > from) from = start;
                return true;
            default:
                var end = beyond ? next : after.Start;
                if (end < until) until = end;
                return true;
        }
    }

    int CompareRank(Datastream left, Datastream right) => CompareRank((left.Resolution, left.Id), (right.Resolution, right.Id));

    // Of what starts together, the finer resolution ends first: so an hour comes before its day, and backwards after it.
    int CompareRank((Resolution Resolution, string Id) left, (Resolution Resolution, string Id) right)
    {
        var ends = left.Resolution.CompareTo(right.Resolution);
        if (ends != 0) return order == ObservationOrder.Newest ? -ends : ends;
        return string.CompareOrdinal(left.Id, right.Id);
    }

    void Enqueue(StreamCursor cursor)
    {
        if (cursor.IsDone) return;
        var number = numbers[cursor];
        var ticks = cursor.NextBound.UtcTicks;
        // What is not loaded goes first among equals: its head may have to come before them.
        cursors.Enqueue(cursor, order switch
        {
            ObservationOrder.ById => (0, number),
            ObservationOrder.Earliest => (ticks, cursor.Head is null ? number - int.MaxValue : number),
            _ => (-ticks, cursor.Head is null ? number - int.MaxValue : number),
        });
    }
}
