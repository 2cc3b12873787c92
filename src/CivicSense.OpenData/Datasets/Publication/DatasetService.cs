using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.OpenData;

/// <summary>Writes data sets beside the node's other work, and goes on after whatever goes wrong.</summary>
sealed class DatasetService(DatasetCatalogue catalogue, DatasetPublisher publisher, ILogger<DatasetService> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(5);

    bool isLoaded;

    /// <summary>Reads what there is before the first request comes.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (catalogue.Folder is not null)
        {
            try
            {
                Load();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogMessages.DatasetsDelayed(logger, exception);
            }
        }
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (catalogue.Folder is null)
            return;
        // What is here waits for disks: the host's other services do not wait for it.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Pause;
            try
            {
                if (!isLoaded)
                    Load();
                await publisher.WriteDueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogMessages.DatasetsDelayed(logger, exception);
                pause = RetryPause;
            }
            // Files are for the world outside, whose time it is, whatever drives the node's own clock.
            await Task.Delay(pause, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    void Load()
    {
        catalogue.Load();
        isLoaded = true;
    }
}
