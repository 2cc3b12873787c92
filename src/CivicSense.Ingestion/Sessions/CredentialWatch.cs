using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>
/// Notices that devices have been deleted or have a new secret, by this process or by a command beside it, so that connections end that
/// would not be let in again.
/// </summary>
sealed class CredentialWatch(IVault vault, OpenContributions contributions, ILogger<CredentialWatch> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>Looks once.</summary>
    /// <exception cref="VaultUnavailableException">The vault could not be read; everything stays as it was.</exception>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        // In this order: a device that connects after the look at memory is not missing from an older list, nor is its secret older there.
        var known = contributions.SnapshotDevices().Select(device => (Device: device, device.SecretHash)).ToList();
        var enrolled = (await vault.ReadCredentialsAsync(cancellationToken)).ToDictionary(
            credential => credential.Device.Id, credential => credential.SecretHash);
        foreach (var (device, secretHash) in known)
        {
            if (!enrolled.TryGetValue(device.DeviceId, out var newest))
                device.Depart();
            else if (secretHash is not null)
                device.ReplaceSecret(secretHash, newest.Span);
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
