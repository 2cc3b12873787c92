using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Finds out what a database is before anything is done with it.</summary>
static class PostgresInspection
{
    /// <summary>Whether this program has made the schemas.</summary>
    public static async Task<bool> HasMigrationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(
            connection,
            """
            SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'commons' AND c.relname = 'migration'
            """,
            cancellationToken) is not null;

    /// <summary>How many steps the database has had. Each must be the one of this program.</summary>
    /// <exception cref="DatabaseNewerException">It has had more than there are.</exception>
    /// <exception cref="UnusableDatabaseException">One of them was another.</exception>
    public static async Task<int> ReadVersionAsync(
        NpgsqlConnection connection, string database, IReadOnlyList<PostgresStep> steps, CancellationToken cancellationToken)
    {
        var checksums = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT checksum FROM commons.migration ORDER BY version", connection))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                checksums.Add(row.GetString(0));
        }
        if (checksums.Count > steps.Count)
            throw new DatabaseNewerException(database.Replace("'", "", StringComparison.Ordinal), checksums.Count, steps.Count);
        for (var version = 1; version <= checksums.Count; version++)
        {
            if (checksums[version - 1] != steps[version - 1].Checksum)
            {
                throw new UnusableDatabaseException(
                    $"Step {version} of {database} is not the one that this program knows. Start the program that made it, "
                        + "or restore a backup.");
            }
        }
        return checksums.Count;
    }

    /// <summary>Refuses a database that this version cannot use as it is.</summary>
    public static async Task<int> RequirePresentAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        if (!await HasMigrationsAsync(connection, cancellationToken))
            throw new UnusableDatabaseException($"{database} is not prepared yet. Run 'civicsense db migrate' first.");
        var found = await ReadVersionAsync(connection, database, PostgresSchema.Steps, cancellationToken);
        if (found < PostgresSchema.Steps.Count)
        {
            throw new UnusableDatabaseException(
                $"{database} has schema version {found}, and this program needs version {PostgresSchema.Steps.Count}. "
                    + "Run 'civicsense db migrate'.");
        }
        return found;
    }

    /// <summary>How the tables are divided; before they are there, how they will be.</summary>
    public static async Task<PostgresLayout> ReadLayoutAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var kind = await ScalarAsync(
            connection,
            """
            SELECT c.relkind::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'commons' AND c.relname = 'measurement'
            """,
            cancellationToken);
        if (kind is "p" || !await HasTimescaleAsync(connection, cancellationToken))
            return PostgresLayout.Partitions;
        return await IsCommunityAsync(connection, cancellationToken) ? PostgresLayout.Timescale : PostgresLayout.Hypertables;
    }

    public static async Task<bool> HasTimescaleAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'", cancellationToken) is not null;

    public static async Task<bool> IsCommunityAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, "SELECT pg_catalog.current_setting('timescaledb.license', true)", cancellationToken) is "timescale";

    /// <summary>The policies of this database that failed when TimescaleDB's scheduler ran them last.</summary>
    public static async Task<IReadOnlyList<string>> ReadFailedPoliciesAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!await HasTimescaleAsync(connection, cancellationToken))
            return [];
        // Those below 1000 are the extension's own.
        return await ScalarAsync(
            connection,
            """
            SELECT pg_catalog.array_agg(job.application_name::text ORDER BY job.job_id) FROM timescaledb_information.jobs AS job
            JOIN timescaledb_information.job_stats AS run ON run.job_id = job.job_id
            WHERE run.last_run_status = 'Failed' AND job.job_id >= 1000
            """,
            cancellationToken) as string[] ?? [];
    }

    /// <summary>Whether the login, whatever role it has now, could read the vault.</summary>
    public static async Task<bool> CouldReadVaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(
            connection,
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'vault' AND pg_catalog.has_schema_privilege(session_user, oid, 'USAGE')",
            cancellationToken) is not null;

    /// <summary>Whether the login may list standbys: <see cref="PostgresCatalogueGrants"/> takes that from the public side.</summary>
    public static async Task<bool> MaySeeStandbysAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(
            connection,
            """
            SELECT 1 WHERE pg_catalog.has_function_privilege('pg_catalog.pg_stat_get_activity(integer)', 'EXECUTE')
                AND pg_catalog.has_function_privilege('pg_catalog.pg_stat_get_wal_senders()', 'EXECUTE')
            """,
            cancellationToken) is not null;

    /// <summary>Whether the login owns the vault or is a superuser.</summary>
    public static async Task<bool> OwnsVaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(
            connection,
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'vault' AND pg_catalog.pg_has_role(session_user, nspowner, 'MEMBER')",
            cancellationToken) is not null;

    [SuppressMessage("Security", "CA2100", Justification = "Constants of this room.")]
    public static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? value : null;
    }
}
