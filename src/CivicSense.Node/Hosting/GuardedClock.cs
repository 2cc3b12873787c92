namespace CivicSense.Node.Hosting;

/// <summary>The machine's clock, but not its sudden jumps ahead: those it follows only when they have lasted for an hour.</summary>
/// <remarks>
/// <para>A window that closes too early loses readings for ever, and a day that is skipped is never released. So this clock shows at most
/// <see cref="Tolerance"/> more than the newest time that it has shown plus what the machine's monotonic counter has counted since. While
/// the machine's clock is ahead of that, it goes on by the counter; so a jump that is put right within <see cref="Patience"/> does nothing.
/// After that the machine's clock is believed. A node that is started believes it at once.</para>
/// <para>A step back is followed at once. Nothing is released twice because of it, and going forward again to where the clock has been is
/// no jump. The counter stands still while the machine sleeps, so waking up is a jump. Thread-safe.</para>
/// </remarks>
sealed class GuardedClock : TimeProvider
{
    /// <summary>How far the machine's clock may jump ahead and be followed at once.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>How long the machine's clock must insist on a longer jump.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How often the newest time is noted: often enough for a clock that is set right little by little.</summary>
    static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(10);

    readonly TimeProvider machine;
    readonly Lock gate = new();
    volatile Note newest;

    /// <summary>Begins with what the machine's clock says.</summary>
    public GuardedClock(TimeProvider machine)
    {
        this.machine = machine;
        newest = new Note(machine.GetUtcNow(), machine.GetTimestamp(), null);
    }

    /// <summary>Called when a jump begins to be held or is believed, with its length, and when it has been put right.</summary>
    public Action<JumpNews, TimeSpan> Told { private get; set; } = static (_, _) => { };

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var note = newest;
        var stamp = machine.GetTimestamp();
        var now = machine.GetUtcNow();
        var elapsed = machine.GetElapsedTime(note.Stamp, stamp);
        var isUsual = note.HeldSince is null && now <= note.Time + elapsed + Tolerance;
        // The usual case takes no lock: it is asked for every message.
        return isUsual && elapsed < NoteInterval ? now : Look(now, stamp);
    }

    DateTimeOffset Look(DateTimeOffset now, long stamp)
    {
        lock (gate)
        {
            var note = newest;
            var counted = note.Time + machine.GetElapsedTime(note.Stamp, stamp);
            if (now <= counted + Tolerance)
            {
                if (note.HeldSince is not null)
                    Told(JumpNews.PutRight, TimeSpan.Zero);
                newest = new Note(now > counted ? now : counted, stamp, null);
                return now;
            }
            if (note.HeldSince is not { } since)
            {
                newest = note with { HeldSince = stamp };
                Told(JumpNews.Held, now - counted);
                return counted;
            }
            if (machine.GetElapsedTime(since, stamp) < Patience)
                return counted;
            newest = new Note(now, stamp, null);
            Told(JumpNews.Believed, now - counted);
            return now;
        }
    }

    /// <summary>The newest time that was shown, when the counter said what, and since when a jump has been held.</summary>
    sealed record Note(DateTimeOffset Time, long Stamp, long? HeldSince);
}

/// <summary>What has become of a jump of the machine's clock.</summary>
enum JumpNews
{
    /// <summary>It is not followed yet.</summary>
    Held,

    /// <summary>It has lasted, and is followed.</summary>
    Believed,

    /// <summary>The machine's clock is back where it was.</summary>
    PutRight,
}
