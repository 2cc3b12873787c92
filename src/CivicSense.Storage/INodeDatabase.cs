using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>The public side of a database, whatever it is made of. Safe for concurrent use. Disposing it closes the connections.</summary>
public interface IPublicDatabase : IAsyncDisposable
{
    /// <summary>The public side, over connections that cannot read the vault.</summary>
    ICommons Commons { get; }
}

/// <summary>What a process that takes readings has of a database.</summary>
public interface IIngestDatabase : IPublicDatabase
{
    /// <summary>The private side.</summary>
    IVault Vault { get; }

    /// <summary>Where sessions of devices are kept; on the private side.</summary>
    IDeviceSessionStore DeviceSessions { get; }

    /// <summary>Where this process says that it ingests; on the private side.</summary>
    IIngestRegistry IngestRegistry { get; }
}

/// <summary>What a process that releases has of a database.</summary>
public interface IReleaseDatabase : IPublicDatabase
{
    /// <summary>What all ingest processes have said; for the release.</summary>
    IIngestRoster IngestRoster { get; }

    /// <summary>Which process may release.</summary>
    IReleaseLease ReleaseLease { get; }

    /// <summary>The door between the sides.</summary>
    IReleaseStore Releases { get; }

    /// <summary>Where estimates are written.</summary>
    IEstimateStore Estimates { get; }

    /// <summary>Where the values of official stations are kept.</summary>
    IReferenceStore References { get; }

    /// <summary>Keeps the versions of the model.</summary>
    IModelVersionStore ModelVersions { get; }
}

/// <summary>A node's whole database, for a process that does everything.</summary>
public interface INodeDatabase : IIngestDatabase, IReleaseDatabase;
