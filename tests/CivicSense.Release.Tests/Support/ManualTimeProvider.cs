namespace CivicSense.Release.Tests;

/// <summary>A clock that stands still until it is told to go on. Nothing here waits for timers.</summary>
sealed class ManualTimeProvider(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
