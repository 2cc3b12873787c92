using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>Closes windows when their time has passed, and tells the registry how far this process has come and that it lives.</summary>
/// <remarks>
/// It registers before contributions are read from the vault, goes on reporting while the last commit is made, and says after that commit
/// that nothing more comes. So it is the first hosted service of the room: services stop in the opposite order.
/// </remarks>
sealed class WindowClosing(IIngestRegistry registry, GroupCommit commit, AcceptanceTime acceptance, ILogger<WindowClosing> logger)
    : BackgroundService, IHostedLifecycleService, IWindowClosing
{
    static readonly TimeSpan ClosingPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ReportPause = TimeSpan.FromSeconds(2);

    /// <summary>How far the clocks of two machines that keep time never are apart.</summary>
    const long ToleratedMilliseconds = 60_000;

    readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long closedThrough = long.MinValue;
    long releasedThrough = long.MinValue;
    bool isSilent;
    bool isAstray;

    HourWindow? ClosedThrough => Volatile.Read(ref closedThrough) is var index and not long.MinValue ? new HourWindow(index) : null;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.RegisterAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        started.TrySetResult();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken)
    {
        await commit.CloseAsync(through, cancellationToken);
        Raise(ref closedThrough, through);
        await ReportAsync(cancellationToken);
    }

    /// <summary>Closes what is due: by the clock, or because it has been released without this process.</summary>
    internal async Task CloseDueAsync(CancellationToken cancellationToken)
    {
        var due = Math.Max(acceptance.NewestClosed.Index, Volatile.Read(ref releasedThrough));
        if (due > Volatile.Read(ref closedThrough))
            await CloseAsync(new HourWindow(due), cancellationToken);
    }

    /// <summary>Reports once. Whatever could not be said is said the next time.</summary>
    internal async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            var asked = acceptance.Now;
            var answer = await registry.ReportAsync(ClosedThrough, cancellationToken);
            if (answer.ReleasedThrough is { } released)
                Raise(ref releasedThrough, released);
            if (answer.StoreTime is { } storeTime)
                CompareClocks(asked, storeTime.ToUnixTimeMilliseconds(), acceptance.Now);
            if (isSilent)
                logger.ReportedAgain();
            isSilent = false;
        }
        catch (VaultUnavailableException exception)
        {
            if (!isSilent)
                logger.NotReported(exception.Message);
            isSilent = true;
        }
        catch (IngestReplacedException exception)
        {
            logger.Replaced(exception.Message);
            throw;
        }
    }

    /// <summary>Whatever the store said between the question and the answer agrees with this process' clock.</summary>
    void CompareClocks(long asked, long storeTime, long answered)
    {
        if (acceptance.IsEventTime)
            return;
        var (behind, ahead) = (storeTime - answered, asked - storeTime);
        var wasAstray = isAstray;
        isAstray = behind > ToleratedMilliseconds || ahead > ToleratedMilliseconds;
        if (isAstray && !wasAstray)
        {
            if (behind > 0) logger.ClockIsBehind(TimeSpan.FromMilliseconds(behind));
            else logger.ClockIsAhead(TimeSpan.FromMilliseconds(ahead));
        }
        else if (wasAstray && !isAstray)
        {
            logger.ClockAgreesAgain();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await registry.StopAsync(cancellationToken);
        }
        catch (VaultUnavailableException exception)
        {
            logger.NotReported(exception.Message);
        }
    }

    /// <remarks>A commit may wait for long, and the process lives all the same: so there are two loops. If one fails, the service
    /// does.</remarks>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var first = await Task.WhenAny(CloseAsTimePassesAsync(stoppingToken), RepeatAsync(ReportAsync, ReportPause, stoppingToken));
        await first;
    }

    /// <summary>Not before everything has started: until then the group commit commits nothing.</summary>
    async Task CloseAsTimePassesAsync(CancellationToken stoppingToken)
    {
        await started.Task.WaitAsync(stoppingToken);
        await RepeatAsync(CloseDueAsync, ClosingPause, stoppingToken);
    }

    static async Task RepeatAsync(Func<CancellationToken, Task> work, TimeSpan pause, CancellationToken stoppingToken)
    {
        while (true)
        {
            await work(stoppingToken);
            await Task.Delay(pause, TimeProvider.System, stoppingToken);
        }
    }

    static void Raise(ref long newest, HourWindow window)
    {
        for (var seen = Volatile.Read(ref newest); window.Index > seen;)
        {
            var before = Interlocked.CompareExchange(ref newest, window.Index, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
