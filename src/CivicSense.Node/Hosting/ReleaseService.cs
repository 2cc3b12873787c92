using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Hosting;

/// <summary>Runs the release cycle while the node runs.</summary>
sealed class ReleaseService(
    ReleaseCycle cycle, ReleaseOptions options, IHostApplicationLifetime lifetime, ILogger<ReleaseService> logger) : BackgroundService
{
    static readonly TimeSpan WallPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan EventPause = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await cycle.StartAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Clock == ClockMode.Event ? EventPause : WallPause;
            try
            {
                await cycle.ReleaseDueAsync(stoppingToken);
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
}
