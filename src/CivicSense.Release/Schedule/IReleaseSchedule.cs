namespace CivicSense.Release;

/// <summary>What the rest of a node may ask about the releases. Thread-safe.</summary>
public interface IReleaseSchedule
{
    /// <summary>When the next window is due, whoever releases it; null while that is not known.</summary>
    DateTimeOffset? NextDue { get; }

    /// <summary>Whether this process is dealing with a window at this moment, its subscribers included.</summary>
    bool IsReleasing { get; }

    /// <summary>What this process has done since its start. Per-node totals only.</summary>
    ReleaseProgress Progress { get; }
}
