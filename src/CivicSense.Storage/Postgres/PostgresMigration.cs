using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Prepares a PostgreSQL database for this version of the program, and says what state one is in.</summary>
public static class PostgresMigration
{
    /// <summary>Applies the steps that a database has not had yet. Another process that tries meanwhile waits.</summary>
    /// <param name="connectionString">The login must own the database, and may have to create roles.</param>
    /// <param name="logger">Receives the steps.</param>
    /// <param name="cancellationToken">Cancels; the step at hand is undone.</param>
    /// <returns>How many steps were applied.</returns>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    /// <exception cref="UnusableDatabaseException">It cannot be reached or prepared; the message says why and what to do.</exception>
    public static Task<int> MigrateAsync(string connectionString, ILogger logger, CancellationToken cancellationToken) =>
        MigrateAsync(connectionString, PostgresSchema.Steps, logger, cancellationToken);

    /// <summary>Test hook: other steps.</summary>
    internal static Task<int> MigrateAsync(
        string connectionString, IReadOnlyList<PostgresStep> steps, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return ConnectAsync(
            connectionString,
            (connection, database) => new PostgresMigrator(connection, database, steps, logger).MigrateAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>Looks at a database and changes nothing.</summary>
    /// <exception cref="DatabaseNewerException">A newer program prepared it.</exception>
    /// <exception cref="UnusableDatabaseException">It cannot be reached or read, or a step was another one.</exception>
    public static Task<PostgresStatus> ReadStatusAsync(string connectionString, CancellationToken cancellationToken) => ConnectAsync(
        connectionString,
        async (connection, database) =>
        {
            var isPrepared = await PostgresInspection.HasMigrationsAsync(connection, cancellationToken);
            return new PostgresStatus
            {
                Database = database,
                Server = connection.PostgreSqlVersion.ToString(),
                Version = isPrepared
                    ? await PostgresInspection.ReadVersionAsync(connection, database, PostgresSchema.Steps, cancellationToken)
                    : 0,
                KnownVersion = PostgresSchema.Steps.Count,
                Timescale = await PostgresInspection.ScalarAsync(
                    connection, "SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'", cancellationToken) as string,
                IsCommunityBuild = await PostgresInspection.IsCommunityAsync(connection, cancellationToken),
                HasNativePartitions = await PostgresInspection.ReadLayoutAsync(connection, cancellationToken) == PostgresLayout.Partitions,
                MayReadVault = await PostgresInspection.CouldReadVaultAsync(connection, cancellationToken),
                OwnsVault = await PostgresInspection.OwnsVaultAsync(connection, cancellationToken),
                Leaks = await ReadLeaksAsync(connection, cancellationToken),
            };
        },
        cancellationToken);

    /// <summary>A server that logs statements with their parameters, or the row that a constraint refused, writes private values down.</summary>
    static async Task<List<string>> ReadLeaksAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var leaks = new List<string>();
        async Task Check(string condition, string advice)
        {
            if (await PostgresInspection.ScalarAsync(connection, $"SELECT 1 WHERE {condition}", cancellationToken) is not null)
                leaks.Add(advice);
        }
        await Check(
            "current_setting('log_parameter_max_length') <> '0' AND (current_setting('log_statement') IN ('mod', 'all') OR "
            + "current_setting('log_min_duration_statement') <> '-1' OR current_setting('log_min_duration_sample') <> '-1')",
            "The server logs statements with their parameters. Set log_parameter_max_length = 0.");
        await Check(
            "current_setting('log_parameter_max_length_on_error') <> '0'",
            "The server logs the parameters of statements that fail. Set log_parameter_max_length_on_error = 0.");
        return leaks;
    }

    /// <summary>Does some work on a connection that ends with it, and says in a sentence what the server could not do.</summary>
    internal static async Task<T> ConnectAsync<T>(string connectionString, Func<NpgsqlConnection, string, Task<T>> work, CancellationToken cancellationToken)
    {
        var settings = PostgresPool.Parse(connectionString);
        // What it leaves behind on the connection ends with it.
        settings.Pooling = false;
        var database = PostgresPool.Describe(settings);
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return await work(connection, database);
        }
        catch (Exception exception) when (PostgresFailure.IsOfDatabase(exception))
        {
            throw PostgresFailure.Explain(exception, database);
        }
    }
}
