using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>Decides whether a reading's time is acceptable: neither ahead of the clock nor in a window that has closed.</summary>
sealed class AcceptanceTime(TimeProvider clock, TimeSpan lateness)
{
    /// <summary>How far ahead of the node's clock a device's clock may be.</summary>
    const long AheadMilliseconds = 5 * 60_000;

    /// <summary>
    /// How far ahead of the newest event time another may be; a device whose clock is wrong by days must not drive a replay.
    /// </summary>
    const long EventAheadMilliseconds = 24 * 3_600_000;

    readonly EventClock? eventClock = clock as EventClock;
    readonly long latenessMilliseconds = (long)lateness.TotalMilliseconds;

    /// <summary>The node's time in milliseconds since 1970.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the time is that of the newest reading, which no other clock has to agree with.</summary>
    public bool IsEventTime => eventClock is not null;

    /// <summary>The newest window that takes no readings any more.</summary>
    public HourWindow NewestClosed => new(HourWindow.OfUnixMilliseconds(Now - latenessMilliseconds).Index - 1);

    /// <summary>Checks one reading's time. Drives the clock first where event time does that.</summary>
    /// <param name="time">Of the reading, milliseconds since 1970.</param>
    /// <param name="window">The hour in which it lies.</param>
    /// <param name="now"><see cref="Now"/>, read once for the readings of a message. Event time is looked at again.</param>
    public ReadingOutcome Check(long time, HourWindow window, long now)
    {
        if (eventClock is null)
        {
            if (time > now + AheadMilliseconds)
                return ReadingOutcome.AheadOfTime;
        }
        else
        {
            now = Now;
            if (time > now + EventAheadMilliseconds)
                return ReadingOutcome.AheadOfTime;
            eventClock.AdvanceTo(time);
        }
        return (window.Index + 1) * 3_600_000 + latenessMilliseconds <= now ? ReadingOutcome.Late : ReadingOutcome.Accepted;
    }
}
