using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>
/// The part of a PostgreSQL database that a process which releases needs: its login is a member of <c>civicsense_release</c>, and that of
/// the public side of <c>civicsense_public</c>.
/// </summary>
public sealed class PostgresReleaseDatabase : IReleaseDatabase
{
    readonly PostgresPool pool;
    readonly PostgresPool readers;

    internal PostgresReleaseDatabase(PostgresPool pool, PostgresPool readers, PostgresLayout layout, string processName)
    {
        (this.pool, this.readers) = (pool, readers);
        var months = new MonthPartitions(pool, layout);
        IngestRoster = new PostgresIngestRoster(pool);
        var lease = new PostgresReleaseLease(pool, processName);
        ReleaseLease = lease;
        Releases = new PostgresReleaseStore(pool, months, lease);
        Estimates = new PostgresEstimateStore(lease, months);
        References = new PostgresReferenceStore(lease);
        ModelVersions = new PostgresModelVersionStore(lease);
        Commons = new PostgresCommons(readers);
    }

    /// <inheritdoc/>
    public IIngestRoster IngestRoster { get; }

    /// <inheritdoc/>
    public IReleaseLease ReleaseLease { get; }

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
    /// <exception cref="UnusableDatabaseException">It cannot be reached, has not been prepared, or a login lacks a role.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static Task<PostgresReleaseDatabase> OpenAsync(PostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        return PostgresOpening.OpenAsync(
            options.ReleaseConnectionString ?? options.ConnectionString, PostgresRole.Release, options, logger,
            (pool, readers, layout) => new PostgresReleaseDatabase(pool, readers, layout, options.IngestNode), cancellationToken);
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await readers.DisposeAsync();
        await pool.DisposeAsync();
    }
}
