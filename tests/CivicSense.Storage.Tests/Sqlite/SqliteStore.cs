using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage.Tests;

/// <summary>A node database in a folder of its own that goes with it.</summary>
public sealed class SqliteStore : StoreUnderTest
{
    readonly TemporaryFolder? ownFolder;
    readonly string path;

    public SqliteStore()
    {
        ownFolder = new TemporaryFolder();
        path = ownFolder.File("node.db");
        Database = Open(path);
    }

    public SqliteStore(string path)
    {
        this.path = path;
        Database = Open(path);
    }

    public SqliteNodeDatabase Database { get; private set; }

    public string Path => path;

    public override IVault Vault => Database.Vault;

    public override IDeviceSessionStore DeviceSessions => Database.DeviceSessions;

    public override IIngestRegistry IngestRegistry => Database.IngestRegistry;

    public override IIngestRoster IngestRoster => Database.IngestRoster;

    public override ICommons Commons => Database.Commons;

    public override IEstimateStore Estimates => Database.Estimates;

    public override IReferenceStore References => Database.References;

    public override IModelVersionStore ModelVersions => Database.ModelVersions;

    public override IReleaseStore Releases => Database.Releases;

    public static SqliteNodeDatabase Open(string path) =>
        SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance);

    public override async ValueTask RestartAsync()
    {
        await Database.DisposeAsync();
        Database = Open(path);
    }

    public override async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        ownFolder?.Dispose();
    }
}

/// <summary>A new folder, deleted with all it holds.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("civicsense-storage-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
