namespace CivicSense.OpenData.SensorThings;

/// <summary>Reads the Observations of one Datastream in order of time, in pieces, forwards or backwards.</summary>
/// <remarks>
/// Call <see cref="LoadAsync"/> until there is a <see cref="Head"/> or it <see cref="IsDone"/>; take the head; repeat.
/// </remarks>
sealed class StreamCursor
{
    static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    readonly QueryContext context;
    readonly bool backwards;
    readonly Queue<Estimate> buffer = new();
    DateTimeOffset from;
    DateTimeOffset until;
    int chunk;
    int spanFactor = 1;

    public StreamCursor(
        QueryContext context, Datastream stream, DateTimeOffset from, DateTimeOffset until, bool backwards, int chunk)
    {
        this.context = context;
        this.backwards = backwards;
        this.chunk = Math.Clamp(chunk, 1, ObservationScan.LargestChunk);
        this.from = from;
        this.until = until;
        Stream = stream;
        // The newest is at hand, so that asking for it reads nothing.
        var newest = stream.Latest.Start;
        if (until > newest) this.until = newest + Instant;
        if (backwards && newest >= from && newest < until)
        {
            buffer.Enqueue(stream.Latest);
            this.until = newest;
        }
    }

    public Datastream Stream { get; }

    /// <summary>The next estimate; null where it has to be loaded.</summary>
    public Estimate? Head => buffer.TryPeek(out var head) ? head : null;

    /// <summary>Whether there is nothing more.</summary>
    public bool IsDone => buffer.Count == 0 && from >= until;

    /// <summary>No later (backwards: no earlier) than this can the next estimate start, be it loaded or not.</summary>
    public DateTimeOffset NextBound => Head?.Start ?? (backwards ? until : from);

    public Estimate Take() => buffer.Dequeue();

    /// <summary>Reads the next piece. The budget must allow one more.</summary>
    public async ValueTask LoadAsync()
    {
        var limit = Math.Max(1, Math.Min(chunk, context.Budget.RowsLeft));
        if (backwards)
            await LoadBackwardsAsync(limit);
        else
            await LoadForwardsAsync(limit);
        chunk = Math.Min(chunk * 2, ObservationScan.LargestChunk);
    }

    async ValueTask LoadForwardsAsync(int limit)
    {
        var rows = await ReadAsync(from, until, limit);
        foreach (var row in rows) buffer.Enqueue(row);
        from = rows.Count < limit ? until : rows[^1].Start + Instant;
    }

    async ValueTask LoadBackwardsAsync(int limit)
    {
        // The database reads forwards only: as much time as the piece should take. Where that is a gap, more and more.
        var span = Stream.ShortestStep * Math.Min((long)limit * spanFactor, 1_000_000);
        var start = until - DateTimeOffset.UnixEpoch > span && until - span > from ? until - span : from;
        var rows = await ReadAsync(start, until, ObservationScan.LargestChunk + 1);
        if (rows.Count > ObservationScan.LargestChunk)
        {
            // A gap ended, and the newest of what is beyond it did not fit: once more with the ordinary span, which does.
            spanFactor = 1;
            return;
        }
        for (var i = rows.Count - 1; i >= 0; i--) buffer.Enqueue(rows[i]);
        until = start;
        spanFactor = rows.Count > 0 ? 1 : Math.Min(spanFactor * 16, 1 << 20);
        if (rows.Count > 0 || context.Budget.IsReadingSpent) return;
        var first = await context.FirstStartAsync(Stream);
        if (first > from) from = first;
    }

    async ValueTask<IReadOnlyList<Estimate>> ReadAsync(DateTimeOffset start, DateTimeOffset end, int limit)
    {
        context.Budget.AddRead();
        var rows = await context.Commons.ReadEstimatesAsync(
            new EstimateQuery(Stream.Area, Stream.Quantity, Stream.Resolution, start, end, limit), context.Budget.Aborted);
        context.Budget.AddRows(rows.Count);
        return rows;
    }
}
