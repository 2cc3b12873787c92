using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>Tells the steward once an hour, and when the node stops, what became of the readings of the whole node.</summary>
/// <remarks>Goes to the log only. In public, the steps of a total would tell when a household measured.</remarks>
sealed class IngestionReport(IngestionStatistics statistics, ILogger<IngestionReport> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    readonly IngestionMetrics metrics = new(statistics);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Report();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
                Report();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        metrics.Dispose();
        base.Dispose();
    }

    void Report()
    {
        var reasons = statistics.Snapshot()
            .Where(entry => entry.Key != ReadingOutcome.Accepted && entry.Value > 0)
            .Select(entry => FormattableString.Invariant($"{entry.Key} {entry.Value}"));
        logger.Totals(statistics.Messages, statistics.Accepted, statistics.Refused, string.Join(", ", reasons));
    }
}
