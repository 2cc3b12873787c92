using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>What must stay private: who is enrolled, and the contributions of the windows that are still open.</summary>
public interface IVault
{
    /// <summary>Adds a household, or returns the one that already has this name.</summary>
    ValueTask<Owner> EnsureOwnerAsync(string name, CancellationToken cancellationToken);

    /// <summary>Adds a device.</summary>
    /// <param name="ownerId">Its household.</param>
    /// <param name="name">Its name; see <see cref="Device.Name"/>.</param>
    /// <param name="place">Where it stands, at zoom <see cref="Area.FinestZoom"/>.</param>
    /// <param name="model">The model of its particle sensor, or <see cref="DeviceModel.Unknown"/>.</param>
    /// <param name="secretHash">SHA-256 of its secret.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DuplicateDeviceException">The name is taken.</exception>
    ValueTask<Device> AddDeviceAsync(
        int ownerId, string name, Area place, string model, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken);

    /// <summary>Says what model a device's particle sensor is. Plans that are fixed already keep the model that they know.</summary>
    /// <param name="deviceName">The device.</param>
    /// <param name="model">The model, or <see cref="DeviceModel.Unknown"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there is such a device.</returns>
    ValueTask<bool> SetModelAsync(string deviceName, string model, CancellationToken cancellationToken);

    /// <summary>Gives a device a new secret. Who comes with the one before is not let in any more.</summary>
    /// <param name="deviceName">The device.</param>
    /// <param name="secretHash">SHA-256 of the new secret, 32 bytes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there is such a device.</returns>
    /// <exception cref="VaultUnavailableException">The secret is as it was; the same call may succeed later.</exception>
    ValueTask<bool> SetSecretAsync(string deviceName, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken);

    /// <summary>Adds many devices, with their owners, in one transaction; those whose name is taken get the new secret.</summary>
    ValueTask<IReadOnlyList<Device>> EnrolAsync(IReadOnlyList<EnrolmentRequest> requests, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a device with its credential, its contributions, its sessions and its place in the plans that are kept, all or nothing. When
    /// the call has returned that survives a crash.
    /// </summary>
    /// <remarks>
    /// Its number is never given again: that is what keeps the plans and budgets of the present day right, see docs/privacy/owner-day.md.
    /// What the household has spent of its budget stays.
    /// </remarks>
    /// <param name="deviceName">The device.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was such a device.</returns>
    /// <exception cref="VaultUnavailableException">Nothing was deleted; the same call may succeed later.</exception>
    ValueTask<bool> DeleteDeviceAsync(string deviceName, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a household with all its devices and everything else that the vault holds about it, all or nothing. When the call has
    /// returned that survives a crash.
    /// </summary>
    /// <remarks>Its number and those of its devices are never given again: see <see cref="DeleteDeviceAsync"/>.</remarks>
    /// <param name="ownerName">The household.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was such a household.</returns>
    /// <exception cref="VaultUnavailableException">Nothing was deleted; the same call may succeed later.</exception>
    ValueTask<bool> DeleteOwnerAsync(string ownerName, CancellationToken cancellationToken);

    /// <summary>Everything that the vault holds about a household, or null where there is none of this name.</summary>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<HouseholdRecord?> ReadHouseholdAsync(string ownerName, CancellationToken cancellationToken);

    /// <summary>All households in order of <see cref="Owner.Id"/>.</summary>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<IReadOnlyList<Owner>> ReadOwnersAsync(CancellationToken cancellationToken);

    /// <summary>All devices in order of <see cref="Device.Id"/>.</summary>
    ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken);

    /// <summary>The credentials of all devices in order of <see cref="Device.Id"/>.</summary>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<IReadOnlyList<DeviceCredential>> ReadCredentialsAsync(CancellationToken cancellationToken);

    /// <summary>The credential of the device with this name, or null.</summary>
    ValueTask<DeviceCredential?> FindCredentialAsync(string deviceName, CancellationToken cancellationToken);

    /// <summary>All contributions on disk: those of windows not yet released.</summary>
    ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(CancellationToken cancellationToken);

    /// <summary>What is on disk of one device for the windows not yet released; nothing where there is no such device.</summary>
    /// <param name="deviceId">The device, <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<OpenHours> ReadOpenHoursAsync(int deviceId, CancellationToken cancellationToken);

    /// <summary>Writes the present state of a batch of contributions. When the call has returned they survive a crash.</summary>
    /// <remarks>
    /// A contribution with the same device, quantity and window is replaced: the batch holds running totals, not increments. Contributions
    /// of devices that have been deleted are left out without a word: a node may still have some in memory.
    /// </remarks>
    /// <exception cref="VaultUnavailableException">
    /// Nothing was written, e.g. because the disk is full; the same call may succeed later.
    /// </exception>
    /// <exception cref="WindowReleasedException">Nothing was written: some of it belongs to windows that have been released.</exception>
    /// <exception cref="IngestReplacedException">Nothing was written: another process has taken this one's name.</exception>
    ValueTask CommitAsync(ReadOnlyMemory<Contribution> contributions, CancellationToken cancellationToken);
}

/// <summary>A device to be enrolled.</summary>
/// <param name="OwnerName">The household; added if it is new.</param>
/// <param name="DeviceName">The device's name.</param>
/// <param name="Place">Where it stands, at zoom <see cref="Area.FinestZoom"/>.</param>
/// <param name="SecretHash">SHA-256 of its secret.</param>
/// <param name="Model">The model of its particle sensor, or <see cref="DeviceModel.Unknown"/>.</param>
public sealed record EnrolmentRequest(
    string OwnerName, string DeviceName, Area Place, ReadOnlyMemory<byte> SecretHash, string Model = DeviceModel.Unknown);

/// <summary>A device name is already taken.</summary>
public sealed class DuplicateDeviceException(string deviceName)
    : Exception($"A device named '{deviceName}' is already enrolled. Choose another name.");

/// <summary>The vault could not write now. The message holds nothing about any owner.</summary>
public class VaultUnavailableException(string message, Exception? innerException) : IOException(message, innerException);
