using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>
/// The part of a PostgreSQL database that a process which takes readings needs: its login is a member of <c>civicsense_ingest</c>, and that
/// of the public side of <c>civicsense_public</c>.
/// </summary>
public sealed class PostgresIngestDatabase : IIngestDatabase
{
    readonly PostgresPool pool;
    readonly PostgresPool readers;
    readonly PostgresIngestRegistry registry;

    internal PostgresIngestDatabase(PostgresPool pool, PostgresPool readers, PostgresLayout layout, PostgresOptions options)
    {
        (this.pool, this.readers) = (pool, readers);
        var process = new IngestIdentity(options.IngestNode);
        Vault = new PostgresVault(pool, new MonthPartitions(pool, layout), process);
        registry = new PostgresIngestRegistry(
            options.HasOneConnection ? pool : null, options.IngestConnectionString ?? options.ConnectionString, process);
        DeviceSessions = new PostgresDeviceSessionStore(pool, process);
        Commons = new PostgresCommons(readers);
    }

    /// <inheritdoc/>
    public IVault Vault { get; }

    /// <inheritdoc/>
    public IDeviceSessionStore DeviceSessions { get; }

    /// <inheritdoc/>
    public IIngestRegistry IngestRegistry => registry;

    /// <inheritdoc/>
    public ICommons Commons { get; }

    /// <summary>Opens a database that has been prepared by <see cref="PostgresMigration"/>.</summary>
    /// <param name="options">Where it is, and under which name the contributions are written.</param>
    /// <param name="logger">Receives the state of the database, never what is in it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, has not been prepared, or a login lacks a role.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static Task<PostgresIngestDatabase> OpenAsync(PostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        return PostgresOpening.OpenAsync(
            options.IngestConnectionString ?? options.ConnectionString, PostgresRole.Ingest, options, logger,
            (pool, readers, layout) => new PostgresIngestDatabase(pool, readers, layout, options), cancellationToken);
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        await readers.DisposeAsync();
        await pool.DisposeAsync();
    }
}
