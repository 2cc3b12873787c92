namespace CivicSense.Storage;

/// <summary>Where the embedded database is.</summary>
public sealed record SqliteOptions
{
    /// <summary>
    /// The database file. Its folder must exist and be writable: SQLite keeps two further files beside it, <c>-wal</c> and <c>-shm</c>, and
    /// the node a third, <c>.lock</c>. The file is created if it is missing, readable by its owner only.
    /// </summary>
    public required string Path { get; init; }
}
