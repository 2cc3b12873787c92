using CivicSense.Commons;

namespace CivicSense.Node.LiveTopics;

/// <summary>
/// Keeps the public live topics up to date where another process may have released: it looks at the ledger every few seconds.
/// </summary>
/// <remarks>
/// The ledger is written before the estimates that follow from it. So after each change the estimates are looked at for a while; looking
/// costs one small query, and nothing is published that has not changed.
/// </remarks>
sealed class LiveTopicFollower(ICommons commons, LiveTopicPublisher publisher, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Far more than an estimator takes, which on a few days of the year fits its model first.</summary>
    static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(2);

    string? head;
    long changed;

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await ReadHeadAsync(cancellationToken) is not { } now)
            return;
        if (now != head)
            (head, changed) = (now, time.GetTimestamp());
        // What could not be read is tried again however long that takes.
        if (time.GetElapsedTime(changed) < Afterwards && !await publisher.PublishAsync(cancellationToken))
            head = null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The newest entry's hash; null where it cannot be read now.</summary>
    async ValueTask<string?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await commons.ReadLedgerSummaryAsync(cancellationToken)).Head;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            // Whoever asks for the topics meanwhile gets those before.
            return null;
        }
    }
}
