using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>A node's database, both sides of it, whatever it is made of. Safe for concurrent use.</summary>
public interface INodeDatabase : IAsyncDisposable
{
    /// <summary>The private side.</summary>
    IVault Vault { get; }

    /// <summary>Where sessions of devices are kept; on the private side.</summary>
    IDeviceSessionStore DeviceSessions { get; }

    /// <summary>Where this process says that it ingests; on the private side.</summary>
    IIngestRegistry IngestRegistry { get; }

    /// <summary>What all ingest processes have said; for the release.</summary>
    IIngestRoster IngestRoster { get; }

    /// <summary>The door between the sides.</summary>
    IReleaseStore Releases { get; }

    /// <summary>Where estimates are written.</summary>
    IEstimateStore Estimates { get; }

    /// <summary>Where the values of official stations are kept.</summary>
    IReferenceStore References { get; }

    /// <summary>Keeps the versions of the model.</summary>
    IModelVersionStore ModelVersions { get; }

    /// <summary>The public side, over connections that cannot read the vault.</summary>
    ICommons Commons { get; }
}
