namespace CivicSense.Tests;

/// <summary>A clock that stands still until it is told to go on; timers fire while it does, on the caller's thread.</summary>
sealed class ManualTimeProvider : TimeProvider
{
    readonly Lock gate = new();
    readonly List<ManualTimer> timers = [];
    DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (gate) timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan duration)
    {
        DateTimeOffset end = GetUtcNow() + duration;
        while (true)
        {
            ManualTimer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                var reached = next?.Due ?? end;
                // A timer may have moved the clock on by itself.
                if (reached > now) now = reached;
            }

            if (next is null) return;
            next.Fire();
        }
    }

    /// <summary>
    /// Moves the clock to the next moment for which somebody waits once, if anybody does. A loop of <see cref="Advance"/> would run ahead of
    /// those who are only about to wait, past every other deadline that there is.
    /// </summary>
    public void AdvanceToWaiter()
    {
        DateTimeOffset? due;
        lock (gate) due = timers.Where(timer => timer.IsOnce).Min(timer => timer.Due);
        if (due is { } moment) Advance(moment - GetUtcNow());
    }

    sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan period;

        public DateTimeOffset? Due { get; private set; }

        public bool IsOnce => period <= TimeSpan.Zero;

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock.gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
                period = newPeriod;
            }

            return true;
        }

        public void Fire()
        {
            lock (clock.gate) Due = period > TimeSpan.Zero ? Due + period : null;
            callback(state);
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                Due = null;
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
