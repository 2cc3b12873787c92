using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Lets a window be released when every ingest process that lives has closed it.</summary>
/// <remarks>
/// <para>Nothing that was acknowledged depends on it: a contribution is either in the store before its window is released, or refused and
/// not acknowledged. The gate only sees to it that a window is not released while somebody still has readings for it.</para>
/// <para>A process is dead when its heartbeat has not changed for the timeout, watched by this process' monotonic clock, so that a step of
/// a clock kills nobody and saves nobody. Only time counts in which this process looked: when a whole machine has stood still and goes on,
/// the others have not been silent. What was silent for that long already by the store's clock is watched for at most ten seconds: after
/// an outage of the store all look silent, and need a moment to speak again.</para>
/// <para>A process that begins anew again and again is dead, too: it says each time that it lives, and never comes as far as the window. So
/// one that has been started twice while it was waited for has the timeout in all, and not after each start.</para>
/// <para>One call at a time.</para>
/// </remarks>
public sealed class IngestGate : IWindowGate
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    // As often as a process reports. A longer pause between two looks counts as this.
    static readonly TimeSpan LongestBlink = TimeSpan.FromSeconds(2);

    static readonly TimeSpan LongestSecondLook = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ToldAfter = TimeSpan.FromMinutes(1);

    /// <summary>One start is an upgrade, or a crash that is over.</summary>
    const int StartsOfOneThatFails = 2;

    readonly IIngestRoster roster;
    readonly IWindowClosing? own;
    readonly TimeSpan timeout;
    readonly TimeProvider time;
    readonly ILogger<IngestGate> logger;
    readonly Dictionary<string, Watch> watched = new(StringComparer.Ordinal);
    TimeSpan looking;
    long? lookedAt;

    /// <summary>Puts a gate together.</summary>
    /// <param name="roster">Where the processes report.</param>
    /// <param name="options">Says how long a process may be silent.</param>
    /// <param name="logger">Receives how many are waited for, never which.</param>
    /// <param name="own">Closes the windows of this process, where it ingests itself; null otherwise.</param>
    public IngestGate(IIngestRoster roster, ReleaseOptions options, ILogger<IngestGate> logger, IWindowClosing? own = null)
        : this(roster, options, logger, own, TimeProvider.System)
    {
    }

    /// <summary>Test hook: another monotonic clock.</summary>
    internal IngestGate(IIngestRoster roster, ReleaseOptions options, ILogger<IngestGate> logger, IWindowClosing? own, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.roster, this.logger, this.own, this.time) = (roster, logger, own, time);
        timeout = options.IngestTimeout;
    }

    /// <inheritdoc/>
    /// <exception cref="VaultUnavailableException">The processes' reports cannot be read now; call again later.</exception>
    public async ValueTask<int> CloseAsync(HourWindow through, CancellationToken cancellationToken)
    {
        if (own is not null)
            await own.CloseAsync(through, cancellationToken);
        var began = time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            var now = await roster.ReadAsync(cancellationToken);
            if (now.ReleasedThrough >= through)
                return 0;
            var open = now.Processes.Where(process => !process.IsStopped && !(process.ClosedThrough >= through)).ToList();
            Look(open);
            var waitedFor = open.Count(process => !IsDead(process));
            if (waitedFor == 0)
                return CountAbsent(open, through);
            if (!isTold && time.GetElapsedTime(began) > ToldAfter)
            {
                logger.WaitingForIngest(waitedFor);
                isTold = true;
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>A process that has been dead since before the window is missing nothing of it.</summary>
    int CountAbsent(List<IngestProcess> dead, HourWindow window)
    {
        var absent = dead.Count(process => process.Heartbeat >= window.Start);
        if (absent > 0)
            logger.IngestDeclaredDead(absent);
        return absent;
    }

    void Look(List<IngestProcess> open)
    {
        var stamp = time.GetTimestamp();
        if (lookedAt is { } before)
            looking += Min(time.GetElapsedTime(before, stamp), LongestBlink);
        lookedAt = stamp;
        var now = looking;
        foreach (var gone in watched.Keys.Except(open.Select(process => process.Name)).ToList())
            watched.Remove(gone);
        foreach (var process in open)
        {
            if (!watched.TryGetValue(process.Name, out var watch))
                watched[process.Name] = new Watch(process.Incarnation, process.Heartbeat, now, now, 0);
            else if (watch.Incarnation != process.Incarnation)
                watched[process.Name] = new Watch(process.Incarnation, process.Heartbeat, now, watch.First, watch.Starts + 1);
            else if (watch.Heartbeat != process.Heartbeat)
                watched[process.Name] = watch with { Heartbeat = process.Heartbeat, Since = now };
        }
    }

    bool IsDead(IngestProcess process)
    {
        var watch = watched[process.Name];
        var unchanged = looking - watch.Since;
        var secondLook = Min(timeout, LongestSecondLook);
        return unchanged >= timeout
            || (process.Silence >= timeout && unchanged >= secondLook)
            || (watch.Starts >= StartsOfOneThatFails && looking - watch.First >= timeout);
    }

    static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>A process that has not closed the window.</summary>
    /// <param name="Incarnation">The one that was seen last.</param>
    /// <param name="Heartbeat">The one that was seen last.</param>
    /// <param name="Since">Since when that heartbeat has been seen unchanged, by the time spent looking.</param>
    /// <param name="First">When the process was first seen without having closed the window, by the same.</param>
    /// <param name="Starts">How often it has begun anew since then.</param>
    readonly record struct Watch(long Incarnation, DateTimeOffset Heartbeat, TimeSpan Since, TimeSpan First, int Starts);
}
