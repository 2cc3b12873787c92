using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>A node's database on PostgreSQL or TimescaleDB: both sides in one database, in schemas of their own.</summary>
/// <remarks>
/// Safe for concurrent use, and several processes may use it, each that ingests under a name of its own. Each side has connections with the
/// rights of its role only (docs/postgresql.md). What was committed survives power loss if the server's <c>fsync</c> is on.
/// </remarks>
public sealed class PostgresNodeDatabase : INodeDatabase
{
    readonly PostgresPool ingest;
    readonly PostgresPool release;
    readonly PostgresPool readers;
    readonly PostgresIngestRegistry registry;

    PostgresNodeDatabase(PostgresPool ingest, PostgresPool release, PostgresPool readers, PostgresLayout layout, PostgresOptions options)
    {
        (this.ingest, this.release, this.readers) = (ingest, release, readers);
        var process = new IngestIdentity(options.IngestNode);
        Vault = new PostgresVault(ingest, new MonthPartitions(ingest, layout), process);
        IngestRegistry = registry = new PostgresIngestRegistry(options.HasOneConnection ? ingest : null, options.ConnectionString, process);
        IngestRoster = new PostgresIngestRoster(release);
        DeviceSessions = new PostgresDeviceSessionStore(ingest);
        var months = new MonthPartitions(release, layout);
        Releases = new PostgresReleaseStore(release, months);
        Estimates = new PostgresEstimateStore(release, months);
        References = new PostgresReferenceStore(release);
        ModelVersions = new PostgresModelVersionStore(release);
        Commons = new PostgresCommons(readers);
    }

    /// <inheritdoc/>
    public IVault Vault { get; }

    /// <inheritdoc/>
    public IDeviceSessionStore DeviceSessions { get; }

    /// <inheritdoc/>
    public IIngestRegistry IngestRegistry { get; }

    /// <inheritdoc/>
    public IIngestRoster IngestRoster { get; }

    /// <inheritdoc/>
    public IReleaseStore Releases { get; }

    /// <inheritdoc/>
    public IEstimateStore Estimates { get; }

    /// <inheritdoc/>
    public IReferenceStore References { get; }

    /// <inheritdoc/>
    public IModelVersionStore ModelVersions { get; }

    /// <inheritdoc/>
    public ICommons Commons { get; }

    /// <summary>Opens a database that has been prepared by <see cref="PostgresMigration"/>.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="logger">Receives the state of the database, never what is in it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, has not been prepared, or the login lacks a role.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static async Task<PostgresNodeDatabase> OpenAsync(PostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        var database = PostgresPool.Describe(PostgresPool.Parse(options.ConnectionString));
        var forIngest = PostgresPool.Create(options.ConnectionString, PostgresRole.Ingest, assumesRole: !options.HasOneConnection);
        var forRelease = options.HasOneConnection ? forIngest : PostgresPool.Create(options.ConnectionString, PostgresRole.Release, assumesRole: true);
        var forReaders = options.HasOneConnection
            ? forIngest
            : PostgresPool.Create(options.PublicConnectionString ?? options.ConnectionString, PostgresRole.Public, assumesRole: true);
        try
        {
            var layout = await InspectAsync(forIngest, database, logger, cancellationToken);
            if (!options.HasOneConnection)
            {
                await TryAsync(forRelease, cancellationToken);
                if (await CouldReadVaultAsync(forReaders, cancellationToken))
                    LogMessages.PublicLoginIsPrivileged(logger);
            }
            return new PostgresNodeDatabase(forIngest, forRelease, forReaders, layout, options);
        }
        catch (Exception exception)
        {
            await Task.WhenAll(forIngest.DisposeAsync().AsTask(), forRelease.DisposeAsync().AsTask(), forReaders.DisposeAsync().AsTask());
            if (PostgresFailure.IsOfDatabase(exception))
                throw PostgresFailure.Explain(exception, database);
            throw;
        }
    }

    /// <summary>Opens only the public side of a database, for tools. Dispose of the answer (<see cref="IAsyncDisposable"/>) to close it.</summary>
    /// <param name="connectionString">The login must be a member of <c>civicsense_public</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, or has not been prepared.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static async Task<ICommons> OpenCommonsReadOnlyAsync(string connectionString, CancellationToken cancellationToken)
    {
        var database = PostgresPool.Describe(PostgresPool.Parse(connectionString));
        var forReaders = PostgresPool.Create(connectionString, PostgresRole.Public, assumesRole: true);
        try
        {
            await using var connection = await forReaders.OpenAsync(cancellationToken);
            await PostgresInspection.RequirePresentAsync(connection, database, cancellationToken);
            return new PostgresCommons(forReaders);
        }
        catch (Exception exception)
        {
            await forReaders.DisposeAsync();
            if (PostgresFailure.IsOfDatabase(exception))
                throw PostgresFailure.Explain(exception, database);
            throw;
        }
    }

    static async Task<PostgresLayout> InspectAsync(PostgresPool pool, string database, ILogger logger, CancellationToken cancellationToken)
    {
        await using var connection = await OpenFirstAsync(pool, database, cancellationToken);
        var version = await PostgresInspection.RequirePresentAsync(connection, database, cancellationToken);
        var layout = await PostgresInspection.ReadLayoutAsync(connection, cancellationToken);
        LogMessages.Opened(logger, database, version, layout == PostgresLayout.Partitions ? "native partitions" : "hypertables");
        if (layout == PostgresLayout.Hypertables)
            LogMessages.ApacheBuild(logger);
        else if (layout == PostgresLayout.Partitions && !await PostgresInspection.HasTimescaleAsync(connection, cancellationToken))
            LogMessages.NoExtension(logger);
        return layout;
    }

    /// <summary>A database that has never been migrated lacks the role as well, and that is what its owner has to hear.</summary>
    static async Task<NpgsqlConnection> OpenFirstAsync(PostgresPool pool, string database, CancellationToken cancellationToken)
    {
        try
        {
            return await pool.OpenAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject)
        {
            throw new UnusableDatabaseException($"{database} is not prepared yet: it has no role {PostgresRole.Ingest.Name}. Run 'civicsense db migrate' first.");
        }
    }

    static async Task TryAsync(PostgresPool pool, CancellationToken cancellationToken) =>
        await (await pool.OpenAsync(cancellationToken)).DisposeAsync();

    static async Task<bool> CouldReadVaultAsync(PostgresPool forReaders, CancellationToken cancellationToken)
    {
        await using var connection = await forReaders.OpenAsync(cancellationToken);
        return await PostgresInspection.ScalarAsync(
            connection,
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'vault' AND pg_catalog.has_schema_privilege(session_user, oid, 'USAGE')",
            cancellationToken) is not null;
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        await readers.DisposeAsync();
        await release.DisposeAsync();
        await ingest.DisposeAsync();
    }
}
