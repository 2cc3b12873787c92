using CivicSense.Storage;

namespace CivicSense.Node.Settings;

/// <summary>What a process has of its node's database: no more than its role needs.</summary>
/// <param name="Public">The public side, which every process has.</param>
/// <param name="Ingest">Where readings go; null in a process that takes none.</param>
/// <param name="Release">Where releases are made; null in a process that makes none.</param>
sealed record NodeParts(IPublicDatabase Public, IIngestDatabase? Ingest, IReleaseDatabase? Release) : IAsyncDisposable
{
    /// <summary>Those of a process that does everything.</summary>
    public static NodeParts Of(INodeDatabase database) => new(database, database, database);

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => Public.DisposeAsync();
}
