namespace CivicSense.Storage;

/// <summary>What state a PostgreSQL database is in.</summary>
public sealed record PostgresStatus
{
    /// <summary>The database's name and host.</summary>
    public required string Database { get; init; }

    /// <summary>The server's version.</summary>
    public required string Server { get; init; }

    /// <summary>The server's major version.</summary>
    public int ServerMajor { get; init; }

    /// <summary>How many steps the schema has had; 0 before the first migration.</summary>
    public required int Version { get; init; }

    /// <summary>How many steps this program knows.</summary>
    public required int KnownVersion { get; init; }

    /// <summary>The version of the extension timescaledb in this database; null where it is not installed.</summary>
    public string? Timescale { get; init; }

    /// <summary>Whether the extension has its community features (compression, policies, continuous aggregates).</summary>
    public bool IsCommunityBuild { get; init; }

    /// <summary>
    /// Policies of TimescaleDB (compression, retention, refreshing) that have failed when they ran last; each is called by its name.
    /// </summary>
    public IReadOnlyList<string> FailedPolicies { get; init; } = [];

    /// <summary>Whether the large tables are divided into native partitions of a month, rather than hypertables.</summary>
    public bool HasNativePartitions { get; init; }

    /// <summary>Whether the login that asked may read the vault.</summary>
    public bool MayReadVault { get; init; }

    /// <summary>Whether the login that asked may do anything with the tables, because it owns them or is a superuser.</summary>
    public bool OwnsVault { get; init; }

    /// <summary>Settings of the server with which its own log would hold private values, each with what to do about it.</summary>
    public IReadOnlyList<string> Leaks { get; init; } = [];

    /// <summary>What the database tells every login about the private tables, each with what to do about it.</summary>
    public IReadOnlyList<string> Disclosures { get; init; } = [];

    /// <summary>
    /// Settings of the server with which something acknowledged or released could be lost, each with what to do about it.
    /// </summary>
    public IReadOnlyList<string> Hazards { get; init; } = [];
}
