namespace CivicSense.Mqtt.Listener;

/// <summary>
/// How fast one connection may publish or subscribe: a bucket that fills at the sustained rate and holds one burst. Used by the read loop
/// only.
/// </summary>
sealed class PublishPace
{
    readonly double rate;
    readonly double burst;
    readonly TimeProvider time;
    double tokens;
    long filledAt;

    PublishPace(double rate, int burst, TimeProvider time)
    {
        (this.rate, this.burst, this.time) = (rate, burst, time);
        (tokens, filledAt) = (burst, time.GetTimestamp());
    }

    /// <summary>Null where there is no limit.</summary>
    /// <param name="rate">Messages a second; 0 is no limit.</param>
    /// <param name="burst">Messages that may come at once.</param>
    /// <param name="time">The clock.</param>
    public static PublishPace? Create(double rate, int burst, TimeProvider time) => rate > 0 ? new PublishPace(rate, burst, time) : null;

    /// <summary>
    /// Fills the bucket for the time that has passed. Called for each batch of messages, so that not each reads the clock.
    /// </summary>
    /// <param name="now">The clock's timestamp.</param>
    public void Fill(long now)
    {
        tokens = Math.Min(burst, tokens + time.GetElapsedTime(filledAt, now).TotalSeconds * rate);
        filledAt = now;
    }

    /// <summary>Takes one message if it may come now.</summary>
    public bool TryTake()
    {
        if (tokens < 1) Fill(time.GetTimestamp());
        if (tokens < 1) return false;
        tokens--;
        return true;
    }

    /// <summary>Takes more for what has been let through already, which may leave a debt.</summary>
    public void Charge(int more) => tokens -= more;

    /// <summary>
    /// How long until the next message may come, in whole milliseconds: timers know nothing shorter, and would not wait at all.
    /// </summary>
    public TimeSpan Wait => tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(1000 * (1 - tokens) / rate));
}
