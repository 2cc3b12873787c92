using System.Collections.Concurrent;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests;

/// <summary>A vault in front of a real one that can be made unavailable or slow, and that remembers what has become durable.</summary>
sealed class UnreliableVault(IVault inner) : IVault, IDisposable
{
    readonly SemaphoreSlim passage = new(1, 1);
    int commits;

    public volatile bool IsUnavailable;

    /// <summary>A device that the vault no longer has.</summary>
    public volatile string? Removed;

    /// <summary>Thrown when devices are read: something that no room expects of a vault.</summary>
    public volatile Exception? Unexpected;

    /// <summary>Thrown by every commit.</summary>
    public volatile Exception? OnCommit;

    /// <summary>How many names were looked up.</summary>
    public int Lookups;

    /// <summary>How many attempts to write have failed.</summary>
    public int Failures;

    /// <summary>How many writes have succeeded.</summary>
    public int Commits => Volatile.Read(ref commits);

    /// <summary>What the real vault has confirmed, set after it returned.</summary>
    public ConcurrentDictionary<(int Device, byte Quantity, long Window), Contribution> Durable { get; } = new();

    /// <summary>Holds every write back, before it reaches the real vault, until the answer is disposed of.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        await passage.WaitAsync();
        return new Release(passage);
    }

    /// <summary>Readings durable for a device, over all windows and quantities.</summary>
    public int DurableReadings(int device) => Durable.Values.Where(contribution => contribution.DeviceId == device).Sum(c => c.Count);

    public async ValueTask CommitAsync(ReadOnlyMemory<Contribution> contributions, CancellationToken cancellationToken)
    {
        await passage.WaitAsync(cancellationToken);
        try
        {
            ThrowIfUnavailable();
            if (OnCommit is { } failure)
                throw failure;
            await inner.CommitAsync(contributions, cancellationToken);
            foreach (var contribution in contributions.ToArray())
                Durable[(contribution.DeviceId, contribution.QuantityOrdinal, contribution.Window.Index)] = contribution;
            Interlocked.Increment(ref commits);
        }
        finally
        {
            passage.Release();
        }
    }

    public ValueTask<DeviceCredential?> FindCredentialAsync(string deviceName, CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        Interlocked.Increment(ref Lookups);
        return deviceName == Removed ? default : inner.FindCredentialAsync(deviceName, cancellationToken);
    }

    public ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(CancellationToken cancellationToken) =>
        inner.ReadContributionsAsync(cancellationToken);

    public ValueTask<OpenHours> ReadOpenHoursAsync(int deviceId, CancellationToken cancellationToken) =>
        inner.ReadOpenHoursAsync(deviceId, cancellationToken);

    public ValueTask<Owner> EnsureOwnerAsync(string name, CancellationToken cancellationToken) =>
        inner.EnsureOwnerAsync(name, cancellationToken);

    public ValueTask<Device> AddDeviceAsync(
        int ownerId, string name, Area place, string model, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken) =>
        inner.AddDeviceAsync(ownerId, name, place, model, secretHash, cancellationToken);

    public ValueTask<bool> SetModelAsync(string deviceName, string model, CancellationToken cancellationToken) =>
        inner.SetModelAsync(deviceName, model, cancellationToken);

    public ValueTask<bool> SetSecretAsync(string deviceName, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken) =>
        inner.SetSecretAsync(deviceName, secretHash, cancellationToken);

    public ValueTask<bool> DeleteDeviceAsync(string deviceName, CancellationToken cancellationToken) =>
        inner.DeleteDeviceAsync(deviceName, cancellationToken);

    public ValueTask<bool> DeleteOwnerAsync(string ownerName, CancellationToken cancellationToken) =>
        inner.DeleteOwnerAsync(ownerName, cancellationToken);

    public ValueTask<HouseholdRecord?> ReadHouseholdAsync(string ownerName, CancellationToken cancellationToken) =>
        inner.ReadHouseholdAsync(ownerName, cancellationToken);

    public ValueTask<IReadOnlyList<Device>> EnrolAsync(IReadOnlyList<EnrolmentRequest> requests, CancellationToken cancellationToken) =>
        inner.EnrolAsync(requests, cancellationToken);

    public ValueTask<IReadOnlyList<Owner>> ReadOwnersAsync(CancellationToken cancellationToken) => inner.ReadOwnersAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        if (Unexpected is { } unexpected)
            throw unexpected;
        return [.. (await inner.ReadDevicesAsync(cancellationToken)).Where(device => device.Name != Removed)];
    }

    public ValueTask<IReadOnlyList<DeviceCredential>> ReadCredentialsAsync(CancellationToken cancellationToken) =>
        inner.ReadCredentialsAsync(cancellationToken);

    public void Dispose() => passage.Dispose();

    void ThrowIfUnavailable()
    {
        if (!IsUnavailable)
            return;
        Interlocked.Increment(ref Failures);
        throw new VaultUnavailableException("The disk is full.", innerException: null);
    }

    sealed class Release(SemaphoreSlim passage) : IDisposable
    {
        public void Dispose() => passage.Release();
    }
}
