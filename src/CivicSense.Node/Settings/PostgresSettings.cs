using CivicSense.Storage;

namespace CivicSense.Node.Settings;

/// <summary>A PostgreSQL or TimescaleDB instead of the file in the data folder. See docs/postgresql.md.</summary>
sealed record PostgresSettings
{
    /// <summary>
    /// The connection string, in Npgsql's form. Secret if it holds a password. Needed by a process for which no other is given.
    /// </summary>
    public string? Connection { get; init; }

    /// <summary>Another one for taking readings. Default: the same.</summary>
    public string? IngestConnection { get; init; }

    /// <summary>Another one for releases. Default: the same.</summary>
    public string? ReleaseConnection { get; init; }

    /// <summary>
    /// Another one for the public side, whose login cannot read the vault. Default: that of the process. The role <c>open-data</c> needs
    /// it.
    /// </summary>
    public string? PublicConnection { get; init; }

    /// <summary>What a process of this role needs and is not there, in a sentence; null where nothing is missing.</summary>
    public string? FindMissing(NodeRole role)
    {
        // Its machine faces the internet. A login that may do more would lie there, and rights that were given up can be taken back.
        if (role == NodeRole.OpenData)
        {
            return PublicConnection is null
                ? $"postgres.publicConnection: needed for --role {role}, with a login that may read nothing private (docs/scale-out.md)."
                : null;
        }
        if (Connection is not null)
            return null;
        return role switch
        {
            { Ingests: true } when IngestConnection is null => Missing("ingestConnection"),
            { Releases: true } when ReleaseConnection is null => Missing("releaseConnection"),
            _ => null,
        };

        string Missing(string key) => $"postgres.{key}: needed for --role {role}, or else postgres.connection.";
    }

    /// <summary>The same in the store's own form.</summary>
    /// <param name="processName">What tells this process from others; null where it is alone.</param>
    public PostgresOptions ToOptions(string? processName) => new()
    {
        ConnectionString = Connection ?? IngestConnection ?? ReleaseConnection ?? PublicConnection ?? "",
        IngestConnectionString = IngestConnection,
        ReleaseConnectionString = ReleaseConnection,
        PublicConnectionString = PublicConnection,
        IngestNode = processName ?? "",
    };

    /// <summary>Shows nothing: it may end up in a message.</summary>
    public override string ToString() => nameof(PostgresSettings);
}
