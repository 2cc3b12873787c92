namespace CivicSense.Storage;

/// <summary>Where the embedded database is.</summary>
public sealed record SqliteOptions
{
    /// <summary>
    /// The database file. Its folder must exist and be writable: SQLite keeps two further files beside it, <c>-wal</c> and <c>-shm</c>, and
    /// the node a third, <c>.lock</c>. The file is created if it is missing, readable by its owner only.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// Whether this process is the node. Default true. Only one process may be, because the node keeps contributions in memory; a command
    /// that only enrols devices says false and works beside it.
    /// </summary>
    public bool RunsNode { get; init; } = true;
}
