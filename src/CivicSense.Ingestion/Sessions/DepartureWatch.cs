using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>Notices that devices have been deleted, by this process or by a command beside it, so that their connections end.</summary>
sealed class DepartureWatch(IVault vault, OpenContributions contributions, ILogger<DepartureWatch> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>Looks once.</summary>
    /// <exception cref="VaultUnavailableException">The vault could not be read; everything stays as it was.</exception>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        // In this order: a device that connects after the look at memory is not missing from an older list.
        var known = contributions.SnapshotDevices();
        var enrolled = (await vault.ReadDevicesAsync(cancellationToken)).Select(device => device.Id).ToHashSet();
        foreach (var device in known)
        {
            if (!enrolled.Contains(device.DeviceId))
                device.Depart();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stoppingToken.IsCancellationRequested)
                    await LookAsync(stoppingToken);
            }
            catch (VaultUnavailableException exception)
            {
                logger.DevicesNotRead(exception.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
