namespace CivicSense.Ingestion;

/// <summary>A clock driven by the newest event time seen: for replays and the demo, never for real use.</summary>
/// <remarks>
/// Never runs backward. Timers of this provider run in real time. With this clock one owner's message can make another owner's message
/// late, so no privacy guarantee is claimed. Thread-safe.
/// </remarks>
public sealed class EventClock : TimeProvider
{
    long milliseconds;

    /// <summary>Starts the clock.</summary>
    /// <param name="start">The first time it shows.</param>
    public EventClock(DateTimeOffset start) => milliseconds = start.ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref milliseconds));

    /// <summary>Moves the clock forward to <paramref name="instant"/>; an earlier instant changes nothing.</summary>
    public void AdvanceTo(DateTimeOffset instant) => AdvanceTo(instant.ToUnixTimeMilliseconds());

    /// <summary>Moves the clock forward to a time in milliseconds since 1970.</summary>
    internal void AdvanceTo(long unixMilliseconds)
    {
        var seen = Volatile.Read(ref milliseconds);
        while (unixMilliseconds > seen)
        {
            var before = Interlocked.CompareExchange(ref milliseconds, unixMilliseconds, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
