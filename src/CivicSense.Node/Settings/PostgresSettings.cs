using CivicSense.Storage;

namespace CivicSense.Node.Settings;

/// <summary>A PostgreSQL or TimescaleDB instead of the file in the data folder. See docs/postgresql.md.</summary>
sealed record PostgresSettings
{
    /// <summary>The connection string, in Npgsql's form. Secret if it holds a password.</summary>
    public required string Connection { get; init; }

    /// <summary>Another one for the public side, whose login cannot read the vault. Default: the same.</summary>
    public string? PublicConnection { get; init; }

    /// <summary>The same in the store's own form.</summary>
    public PostgresOptions ToOptions() => new() { ConnectionString = Connection, PublicConnectionString = PublicConnection };

    /// <summary>Shows nothing: it may end up in a message.</summary>
    public override string ToString() => nameof(PostgresSettings);
}
