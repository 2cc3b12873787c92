using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Opens the connections of a part of a node, and says in a sentence why that does not work.</summary>
static class PostgresOpening
{
    /// <summary>Opens a part that has connections of its own role, and others for the public side.</summary>
    public static async Task<T> OpenAsync<T>(
        string connectionString, PostgresRole role, PostgresOptions options, ILogger logger,
        Func<PostgresPool, PostgresPool, PostgresLayout, T> make, CancellationToken cancellationToken)
    {
        var database = PostgresPool.Describe(PostgresPool.Parse(connectionString));
        var pool = PostgresPool.Create(connectionString, role, assumesRole: true);
        var readers = PostgresPool.Create(options.PublicConnectionString ?? connectionString, PostgresRole.Public, assumesRole: true);
        return await ExplainAsync(
            database,
            async () =>
            {
                var layout = await InspectAsync(pool, role, database, logger, cancellationToken);
                await TryReadersAsync(readers, database, logger, cancellationToken);
                return make(pool, readers, layout);
            },
            pool, readers);
    }

    /// <summary>Closes the pools where the work fails, and turns what the server says into a sentence.</summary>
    public static async Task<T> ExplainAsync<T>(string database, Func<Task<T>> work, params PostgresPool[] pools)
    {
        try
        {
            return await work();
        }
        catch (Exception exception)
        {
            await Task.WhenAll(pools.Select(pool => pool.DisposeAsync().AsTask()));
            if (PostgresFailure.IsOfDatabase(exception))
                throw PostgresFailure.Explain(exception, database);
            throw;
        }
    }

    /// <summary>Looks at the database, refuses one that this version cannot use, and tells the log how it is divided.</summary>
    public static async Task<PostgresLayout> InspectAsync(
        PostgresPool pool, PostgresRole role, string database, ILogger logger, CancellationToken cancellationToken)
    {
        await using var connection = await OpenFirstAsync(pool, role, database, cancellationToken);
        var version = await PostgresInspection.RequirePresentAsync(connection, database, cancellationToken);
        var layout = await PostgresInspection.ReadLayoutAsync(connection, cancellationToken);
        LogMessages.Opened(logger, database, version, layout == PostgresLayout.Partitions ? "native partitions" : "hypertables");
        if (layout == PostgresLayout.Hypertables)
            LogMessages.ApacheBuild(logger);
        else if (layout == PostgresLayout.Partitions && !await PostgresInspection.HasTimescaleAsync(connection, cancellationToken))
            LogMessages.NoExtension(logger);
        return layout;
    }

    /// <summary>Tries the public side, and warns where its login could also read the vault.</summary>
    public static async Task TryReadersAsync(PostgresPool readers, string database, ILogger logger, CancellationToken cancellationToken)
    {
        await using var connection = await OpenFirstAsync(readers, PostgresRole.Public, database, cancellationToken);
        await WarnOfPrivilegeAsync(connection, logger, cancellationToken);
    }

    /// <summary>Warns where the login of the public side could take back the rights that it gave up.</summary>
    public static async Task WarnOfPrivilegeAsync(NpgsqlConnection connection, ILogger logger, CancellationToken cancellationToken)
    {
        if (await PostgresInspection.CouldReadVaultAsync(connection, cancellationToken))
            LogMessages.PublicLoginIsPrivileged(logger);
    }

    /// <summary>A database that has never been migrated lacks the role as well, and that is what its owner has to hear.</summary>
    public static async Task<NpgsqlConnection> OpenFirstAsync(
        PostgresPool pool, PostgresRole role, string database, CancellationToken cancellationToken)
    {
        try
        {
            return await pool.OpenAsync(cancellationToken);
        }
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject)
        {
            throw new UnusableDatabaseException(
                $"{database} is not prepared yet: it has no role {role.Name}. Run 'civicsense db migrate' first.");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new UnusableDatabaseException(
                $"The login for {database} is no member of the role {role.Name}, which this process needs. "
                + "Let the owner of the database run "
                + $"'GRANT {role.Name} TO …' for it, or name another login (docs/postgresql.md).");
        }
    }
}
