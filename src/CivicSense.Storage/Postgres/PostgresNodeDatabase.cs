using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage;

/// <summary>A node's database on PostgreSQL or TimescaleDB: both sides in one database, in schemas of their own.</summary>
/// <remarks>
/// Safe for concurrent use, and several processes may use it, each that ingests under a name of its own. Each side has connections with the
/// rights of its role only (docs/postgresql.md). What was committed survives power loss if the server's <c>fsync</c> is on.
/// </remarks>
public sealed class PostgresNodeDatabase : INodeDatabase
{
    readonly PostgresIngestDatabase ingest;
    readonly PostgresReleaseDatabase release;

    PostgresNodeDatabase(PostgresIngestDatabase ingest, PostgresReleaseDatabase release) => (this.ingest, this.release) = (ingest, release);

    /// <inheritdoc/>
    public IVault Vault => ingest.Vault;

    /// <inheritdoc/>
    public IDeviceSessionStore DeviceSessions => ingest.DeviceSessions;

    /// <inheritdoc/>
    public IIngestRegistry IngestRegistry => ingest.IngestRegistry;

    /// <inheritdoc/>
    public IIngestRoster IngestRoster => release.IngestRoster;

    /// <inheritdoc/>
    public IReleaseLease ReleaseLease => release.ReleaseLease;

    /// <inheritdoc/>
    public IReleaseStore Releases => release.Releases;

    /// <inheritdoc/>
    public IEstimateStore Estimates => release.Estimates;

    /// <inheritdoc/>
    public IReferenceStore References => release.References;

    /// <inheritdoc/>
    public IModelVersionStore ModelVersions => release.ModelVersions;

    /// <inheritdoc/>
    public ICommons Commons => ingest.Commons;

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
        var ingestConnection = options.IngestConnectionString ?? options.ConnectionString;
        var releaseConnection = options.ReleaseConnectionString ?? options.ConnectionString;
        var database = PostgresPool.Describe(PostgresPool.Parse(ingestConnection));
        var forIngest = PostgresPool.Create(ingestConnection, PostgresRole.Ingest, assumesRole: !options.HasOneConnection);
        var forRelease = options.HasOneConnection
            ? forIngest
            : PostgresPool.Create(releaseConnection, PostgresRole.Release, assumesRole: true);
        var forReaders = options.HasOneConnection
            ? forIngest
            : PostgresPool.Create(options.PublicConnectionString ?? options.ConnectionString, PostgresRole.Public, assumesRole: true);
        return await PostgresOpening.ExplainAsync(
            database,
            async () =>
            {
                var layout = await PostgresOpening.InspectAsync(forIngest, PostgresRole.Ingest, database, logger, cancellationToken);
                if (!options.HasOneConnection)
                {
                    await (await PostgresOpening.OpenFirstAsync(forRelease, PostgresRole.Release, database, cancellationToken))
                        .DisposeAsync();
                    await PostgresOpening.TryReadersAsync(forReaders, database, logger, cancellationToken);
                }
                return new PostgresNodeDatabase(
                    new PostgresIngestDatabase(forIngest, forReaders, layout, options),
                    new PostgresReleaseDatabase(forRelease, forReaders, layout, options.IngestNode));
            },
            forIngest, forRelease, forReaders);
    }

    /// <summary>
    /// Opens only the public side of a database, for tools. Dispose of the answer (<see cref="IAsyncDisposable"/>) to close it.
    /// </summary>
    /// <param name="connectionString">The login must be a member of <c>civicsense_public</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, or has not been prepared.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static async Task<ICommons> OpenCommonsReadOnlyAsync(string connectionString, CancellationToken cancellationToken) =>
        (await PostgresPublicDatabase.OpenAsync(connectionString, NullLogger.Instance, cancellationToken)).Commons;

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await release.DisposeAsync();
        await ingest.DisposeAsync();
    }
}
