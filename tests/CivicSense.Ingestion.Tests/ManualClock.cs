namespace CivicSense.Ingestion.Tests;

/// <summary>A clock that shows what it is told. Timers of this provider run in real time.</summary>
sealed class ManualClock : TimeProvider
{
    /// <summary>2026-01-15T12:30:00Z, the middle of an hour window.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 12, 30, 0, TimeSpan.Zero);

    long milliseconds = Start.ToUnixTimeMilliseconds();

    public long Milliseconds
    {
        get => Volatile.Read(ref milliseconds);
        set => Volatile.Write(ref milliseconds, value);
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
}
