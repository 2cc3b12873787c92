using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>A database with both sides, as the contract suites see it. Each store brings one.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    public abstract IVault Vault { get; }

    public abstract IDeviceSessionStore DeviceSessions { get; }

    public abstract IIngestRegistry IngestRegistry { get; }

    public abstract IIngestRoster IngestRoster { get; }

    public abstract ICommons Commons { get; }

    public abstract IEstimateStore Estimates { get; }

    public abstract IReferenceStore References { get; }

    public abstract IModelVersionStore ModelVersions { get; }

    public abstract IReleaseStore Releases { get; }

    /// <summary>Sessions as a process of another name has them; null where one process has the store to itself.</summary>
    public virtual IDeviceSessionStore? DeviceSessionsOfAnother => null;

    /// <summary>Why nobody can read while a release is at work; null where anybody can.</summary>
    public virtual string? NoSecondConnection => null;

    /// <summary>Closes the database and opens the same one again.</summary>
    public abstract ValueTask RestartAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs one release transaction and commits it.</summary>
    public async Task ReleaseAsync(Func<IReleaseTransaction, Task> work)
    {
        await using var transaction = await Releases.BeginAsync(TestContext.Current.CancellationToken);
        await work(transaction);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }
}
