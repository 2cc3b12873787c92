using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Hosting;

/// <summary>Leads or follows the releases while the node runs.</summary>
sealed class ReleaseService(
    ReleaseLeadership leadership, ReleaseOptions options, IHostApplicationLifetime lifetime, ILogger<ReleaseService> logger)
        : BackgroundService
{
    static readonly TimeSpan WallPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan EventPause = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await leadership.StepAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = WallPause;
            try
            {
                await leadership.StepAsync(stoppingToken);
                if (options.Clock == ClockMode.Event && leadership.IsLeading)
                    pause = EventPause;
            }
            catch (VaultUnavailableException exception)
            {
                logger.ReleaseDelayed(exception.Message);
                pause = RetryPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (InvalidOperationException exception)
            {
                logger.ReleaseStopped(exception.Message);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
            await Task.Delay(pause, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leadership.StopAsync(cancellationToken);
    }
}
