using CivicSense.Commons;
using CivicSense.Mqtt;
using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>Makes changed contributions durable, many messages at a time.</summary>
/// <remarks>
/// After a commit the next waits for twice as long as the last one took, at least 4 ms and at most 250 ms: so commits take at most a third
/// of the time, and under load each carries more. At rest a message is committed at once. While the vault
/// cannot be written the batch is kept and tried again, nothing is acknowledged, and the listener stops reading when its queues are full.
/// </remarks>
sealed class GroupCommit : BackgroundService, IMqttDurability
{
    /// <summary>The pause after a commit, as a multiple of what the commit took.</summary>
    const int PauseFactor = 2;

    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(4);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    readonly IVault vault;
    readonly OpenContributions contributions;
    readonly IngestionStatistics statistics;
    readonly ILogger<GroupCommit> logger;
    readonly SemaphoreSlim wake = new(0, 1);
    readonly CommitBatch batch = new();
    TaskCompletionSource progress = NewProgress();
    long durableTicket;
    long pauseUntil;

    public GroupCommit(IVault vault, OpenContributions contributions, IngestionStatistics statistics, ILogger<GroupCommit> logger)
    {
        (this.vault, this.contributions, this.statistics, this.logger) = (vault, contributions, statistics, logger);
        contributions.ChangesWaiting = Wake;
    }

    /// <inheritdoc/>
    public long DurableTicket => Volatile.Read(ref durableTicket);

    /// <inheritdoc/>
    public async ValueTask WaitAsync(long ticket, CancellationToken cancellationToken)
    {
        while (DurableTicket < ticket)
        {
            var next = Volatile.Read(ref progress).Task;
            if (DurableTicket >= ticket)
                return;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Accepts nothing more for <paramref name="through"/> or any earlier window.</summary>
    /// <returns>Completes when everything that was accepted for those windows is durable in the vault; it has left the memory
    /// then.</returns>
    public async ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken)
    {
        contributions.Close(through);
        var ticket = contributions.OpenTicket;
        Wake();
        await WaitAsync(ticket, cancellationToken);
        contributions.DropThrough(through);
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        contributions.Restore(await vault.ReadContributionsAsync(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await wake.WaitAsync(stoppingToken);
                await PauseAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The listener has stopped by now; what it accepted last is committed below.
            }
            if (!await TryCommitAsync(stoppingToken))
                return;
        }
        // What arrived during the last commit, if the node was stopped meanwhile. Nothing more arrives now.
        if (await TryCommitAsync(stoppingToken))
            await TryCommitAsync(stoppingToken);
    }

    void PauseAfter(TimeSpan commit)
    {
        var pause = Math.Clamp((PauseFactor * commit).TotalSeconds, ShortestPause.TotalSeconds, LongestPause.TotalSeconds);
        pauseUntil = TimeProvider.System.GetTimestamp() + (long)(pause * TimeProvider.System.TimestampFrequency);
    }

    Task PauseAsync(CancellationToken stoppingToken)
    {
        var rest = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), pauseUntil);
        // Timers count whole milliseconds.
        return rest < TimeSpan.FromMilliseconds(0.5) ? Task.CompletedTask : Task.Delay(rest, TimeProvider.System, stoppingToken);
    }

    async Task<bool> TryCommitAsync(CancellationToken stoppingToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var ticket = contributions.TakeChanges(batch, out var another);
        if (batch.Count > 0 && !await TryWriteAsync(stoppingToken))
            return false;
        batch.Clear();
        Volatile.Write(ref durableTicket, ticket);
        Interlocked.Exchange(ref progress, NewProgress()).SetResult();
        PauseAfter(TimeProvider.System.GetElapsedTime(began));
        if (another)
            Wake();
        return true;
    }

    /// <summary>Writes the batch, however long it takes. Gives up only when the node stops: then nothing was acknowledged.</summary>
    async Task<bool> TryWriteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await vault.CommitAsync(batch.Contributions, CancellationToken.None);
                if (failures > 0)
                    logger.CommitResumed();
                return true;
            }
            catch (VaultUnavailableException exception)
            {
                if (failures == 0)
                    logger.CommitFailed(exception.Message);
                if (stoppingToken.IsCancellationRequested)
                    return false;
                await Task.Delay(RetryDelay, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (WindowReleasedException released) when (TryDrop(released.Through))
            {
                // The rest is written now.
            }
            catch (IngestReplacedException exception)
            {
                logger.Replaced(exception.Message);
                throw;
            }
        }
    }

    /// <summary>
    /// The release has gone on without this process, which had stood still or was cut off. None of these readings was acknowledged before,
    /// and late data goes to no release.
    /// </summary>
    bool TryDrop(HourWindow through)
    {
        contributions.Close(through);
        var late = batch.DropThrough(through);
        statistics.CountAsLate(late);
        logger.ReleasedWithout();
        return late > 0;
    }

    void Wake()
    {
        if (wake.CurrentCount > 0)
            return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // A wake-up is already waiting, and one is enough.
        }
    }

    static TaskCompletionSource NewProgress() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
