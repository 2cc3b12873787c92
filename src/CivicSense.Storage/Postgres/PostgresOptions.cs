namespace CivicSense.Storage;

/// <summary>Where a node's PostgreSQL or TimescaleDB is, and who this process is in it.</summary>
public sealed record PostgresOptions
{
    /// <summary>
    /// The connection string in Npgsql's form, such as <c>Host=db.example;Database=civicsense;Username=node</c>. A secret. The login must
    /// be a member of the role of each part that is opened with it: <c>civicsense_ingest</c>, <c>civicsense_release</c>,
    /// <c>civicsense_public</c>.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Another connection string for taking readings. Default null: <see cref="ConnectionString"/>.</summary>
    public string? IngestConnectionString { get; init; }

    /// <summary>Another connection string for releases. Default null: <see cref="ConnectionString"/>.</summary>
    public string? ReleaseConnectionString { get; init; }

    /// <summary>
    /// Another connection string for the public side, whose login is a member of <c>civicsense_public</c> only. Default null: the public
    /// side uses <see cref="ConnectionString"/> and gives up its rights after connecting. With a login of its own it never had them.
    /// </summary>
    public string? PublicConnectionString { get; init; }

    /// <summary>
    /// Under which name this process registers, writes its contributions and leads the releases; different in every process, and the same
    /// again when it is started again. Default "". It is private: it may say where a machine stands.
    /// </summary>
    public string IngestNode { get; init; } = "";

    /// <summary>
    /// Test hook: one connection does everything with the rights of its login, because the server has no second one.
    /// </summary>
    internal bool HasOneConnection { get; init; }

    /// <summary>What a log or an error may show of it: nothing secret.</summary>
    public override string ToString() => nameof(PostgresOptions);
}
