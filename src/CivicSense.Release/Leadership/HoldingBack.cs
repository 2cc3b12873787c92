using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>For how long a process that could lead does not, because another may know better what has been published.</summary>
/// <remarks>One call at a time.</remarks>
sealed class HoldingBack(string name, TimeSpan takeOverAfter, TimeProvider time, ILogger logger)
{
    /// <summary>For how long a process that has just started leaves time to those that start with it.</summary>
    static readonly TimeSpan TimeToObject = TimeSpan.FromSeconds(30);

    readonly long startedAt = time.GetTimestamp();
    long? waitingSince;
    bool isDelayTold;

    /// <summary>Whether the process whose fence is right has had its time to come back. The first call begins it.</summary>
    /// <param name="other">The name of that process.</param>
    public bool HasWaitedFor(string other)
    {
        if (waitingSince is not { } since)
        {
            since = time.GetTimestamp();
            waitingSince = since;
            logger.WaitsForOther(other, takeOverAfter.TotalMinutes);
        }
        return time.GetElapsedTime(since) >= takeOverAfter;
    }

    /// <summary>There is nobody to wait for any more.</summary>
    public void EndWaiting() => waitingSince = null;

    /// <summary>
    /// After all have stopped and a backup was restored, the first to start may have a fence as old as the backup. Those that start with it
    /// may know better, and need a moment to look.
    /// </summary>
    public bool LetsOthersObject(LeaseReading reading)
    {
        if (!reading.IsLongDead || reading.IsOurs || reading.VouchedBy is null || reading.VouchedBy == name
            || time.GetElapsedTime(startedAt) >= TimeToObject)
        {
            return false;
        }
        if (!isDelayTold)
            logger.LetsOthersObject();
        isDelayTold = true;
        return true;
    }
}
