using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>
/// The public side of a PostgreSQL database: its login is a member of <c>civicsense_public</c>, and need be of nothing else.
/// </summary>
public sealed class PostgresPublicDatabase : IPublicDatabase
{
    readonly PostgresPool readers;

    PostgresPublicDatabase(PostgresPool readers)
    {
        this.readers = readers;
        Commons = new PostgresCommons(readers);
    }

    /// <inheritdoc/>
    public ICommons Commons { get; }

    /// <summary>Opens a database that has been prepared by <see cref="PostgresMigration"/>.</summary>
    /// <param name="connectionString">The login must be a member of <c>civicsense_public</c>.</param>
    /// <param name="logger">Is told once where the login could also read the vault.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, has not been prepared, or the login lacks the role.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    public static async Task<PostgresPublicDatabase> OpenAsync(string connectionString, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logger);
        var database = PostgresPool.Describe(PostgresPool.Parse(connectionString));
        var pool = PostgresPool.Create(connectionString, PostgresRole.Public, assumesRole: true);
        return await PostgresOpening.ExplainAsync(
            database,
            async () =>
            {
                await using var connection = await PostgresOpening.OpenFirstAsync(pool, PostgresRole.Public, database, cancellationToken);
                await PostgresInspection.RequirePresentAsync(connection, database, cancellationToken);
                await PostgresOpening.WarnOfPrivilegeAsync(connection, logger, cancellationToken);
                return new PostgresPublicDatabase(pool);
            },
            pool);
    }

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => readers.DisposeAsync();
}
