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
                ServerMajor = connection.PostgreSqlVersion.Major,
                Version = isPrepared
                    ? await PostgresInspection.ReadVersionAsync(connection, database, PostgresSchema.Steps, cancellationToken)
                    : 0,
                KnownVersion = PostgresSchema.Steps.Count,
                Timescale = await PostgresInspection.ScalarAsync(
                    connection, "SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'",
                    cancellationToken) as string,
                FailedPolicies = await PostgresInspection.ReadFailedPoliciesAsync(connection, cancellationToken),
                IsCommunityBuild = await PostgresInspection.IsCommunityAsync(connection, cancellationToken),
                HasNativePartitions = await PostgresInspection.ReadLayoutAsync(connection, cancellationToken) == PostgresLayout.Partitions,
                MayReadVault = await PostgresInspection.CouldReadVaultAsync(connection, cancellationToken),
                OwnsVault = await PostgresInspection.OwnsVaultAsync(connection, cancellationToken),
                Leaks = await FindAsync(connection, Leaks, cancellationToken),
                Disclosures = await FindAsync(connection, Disclosures, cancellationToken),
                Hazards =
                [
                    .. await FindAsync(connection, Hazards, cancellationToken),
                    .. await PostgresInspection.MaySeeStandbysAsync(connection, cancellationToken)
                        ? await FindAsync(connection, StandbyHazards, cancellationToken)
                        : [],
                ],
            };
        },
        cancellationToken);

    /// <summary>
    /// A server that logs statements with their parameters, or the row that a constraint refused, writes private values down.
    /// </summary>
    static readonly (string Condition, string Advice)[] Leaks =
    [
        (
            "current_setting('log_parameter_max_length') <> '0' AND (current_setting('log_statement') IN ('mod', 'all') OR "
            + "current_setting('log_min_duration_statement') <> '-1' OR current_setting('log_min_duration_sample') <> '-1')",
            "The server logs statements with their parameters. Set log_parameter_max_length = 0."),
        (
            "current_setting('log_parameter_max_length_on_error') <> '0'",
            "The server logs the parameters of statements that fail. Set log_parameter_max_length_on_error = 0."),
    ];

    /// <summary>What the catalogue tells everybody is hidden by a migration, where it is a superuser's.</summary>
    static readonly (string Condition, string Advice)[] Disclosures =
    [
        (
            PostgresCatalogueGrants.IsTold,
            "Every login, also that of the public side, can see how many rows the private tables have and when they change. "
            + "Let a superuser "
            + "run 'civicsense db migrate' once (docs/postgresql.md)."),
    ];

    /// <summary>What was committed must be there after a power loss.</summary>
    static readonly (string Condition, string Advice)[] Hazards =
    [
        ("current_setting('fsync') = 'off'",
            "fsync is off: after a power loss what was acknowledged is missing, or the database is damaged. Set fsync = on."),
        (
            "current_setting('full_page_writes') = 'off'",
            "full_page_writes is off: a power loss may damage the database. Set full_page_writes = on, unless the file system sees to it."),
    ];

    /// <summary>And on a standby that is promoted. The public side's login is not told whether there is one.</summary>
    static readonly (string Condition, string Advice)[] StandbyHazards =
    [
        (
            "current_setting('synchronous_standby_names') = '' AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication)",
            "A standby follows and no commit waits for it. If it is promoted, the last readings and releases may be missing, "
            + "and a day is given up. Set "
            + "synchronous_standby_names (docs/postgresql.md)."),
    ];

    static async Task<List<string>> FindAsync(
        NpgsqlConnection connection, IEnumerable<(string Condition, string Advice)> known, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var (condition, advice) in known)
        {
            if (await PostgresInspection.ScalarAsync(connection, $"SELECT 1 WHERE {condition}", cancellationToken) is not null)
                found.Add(advice);
        }
        return found;
    }

    /// <summary>Does some work on a connection that ends with it, and says in a sentence what the server could not do.</summary>
    internal static async Task<T> ConnectAsync<T>(
        string connectionString, Func<NpgsqlConnection, string, Task<T>> work, CancellationToken cancellationToken)
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
