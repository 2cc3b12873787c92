using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Brings a database forward to the present schema, one transaction per step. Never backward.</summary>
/// <remarks>Two processes may try at once: one waits for the other and then finds nothing left to do.</remarks>
sealed class PostgresMigrator(NpgsqlConnection connection, string database, IReadOnlyList<PostgresStep> steps, ILogger logger)
{
    // All our names are qualified; the functions of the extension are where its administrator has put them.
    const string FindExtension = """
        SELECT set_config('search_path', coalesce((
            SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'timescaledb'), ''), false)
        """;

    const int Attempts = 10;

    /// <summary>Applies the steps that the database has not had yet, and the grants in any case.</summary>
    /// <returns>How many steps were applied.</returns>
    /// <exception cref="DatabaseNewerException">The database has had more steps than there are.</exception>
    /// <exception cref="UnusableDatabaseException">A step was another one, a role is missing, or the database is another
    /// program's.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("SELECT pg_advisory_lock(1131832147, 2)", cancellationToken);
        try
        {
            await PrepareAsync(cancellationToken);
            await ExecuteAsync(FindExtension, cancellationToken);
            await CreateSchemasAsync(cancellationToken);
            var found = await PostgresInspection.ReadVersionAsync(connection, database, steps, cancellationToken);
            var layout = await PostgresInspection.ReadLayoutAsync(connection, cancellationToken);
            for (var version = found; version < steps.Count; version++)
                await ApplyAsync(version + 1, steps[version], layout, cancellationToken);
            // They name tables of the newest step; a test may stop before it.
            if (steps.Count < PostgresSchema.Steps.Count)
                return steps.Count - found;
            await ExecuteAsync(
                PostgresGrants.Apply + (layout == PostgresLayout.Partitions ? PostgresGrants.ApplyToPartitions : ""), cancellationToken);
            await ExecuteAsync(PostgresCatalogueGrants.ApplyToDatabase, cancellationToken);
            await ExecuteAsync(PostgresCatalogueGrants.ApplyToCatalogue, cancellationToken);
            return steps.Count - found;
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await ExecuteAsync("SELECT pg_advisory_unlock(1131832147, 2)", CancellationToken.None);
        }
    }

    /// <summary>Looks at the server, and makes the roles, which belong to the whole of it.</summary>
    /// <exception cref="UnusableDatabaseException">The server will not do, or the login may not make the roles.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await CheckServerAsync(cancellationToken);
        await CreateRolesAsync(cancellationToken);
    }

    /// <summary>Refuses a database where another program has the names of the schemas.</summary>
    /// <exception cref="UnusableDatabaseException">It has.</exception>
    public async Task RefuseForeignAsync(CancellationToken cancellationToken)
    {
        var foreign = await ScalarAsync(
            "SELECT string_agg(nspname, ', ') FROM pg_namespace WHERE nspname IN ('vault', 'commons')", cancellationToken);
        if (foreign is not null)
            throw new UnusableDatabaseException(
                $"{database} has a schema of this name already ({foreign}), of another program. Choose another database.");
    }

    async Task ApplyAsync(int version, PostgresStep step, PostgresLayout layout, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(step.Text(layout), cancellationToken);
        await using (var record =
            new NpgsqlCommand("INSERT INTO commons.migration (version, name, checksum) VALUES ($1, $2, $3)", connection))
        {
            record.Parameters.AddRange(new[] { Sql.Value(version), Sql.Value(step.Name), Sql.Value(step.Checksum) });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        LogMessages.StepApplied(logger, version, step.Name);
    }

    async Task CheckServerAsync(CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < 13)
            throw new UnusableDatabaseException(
                $"The server of {database} is PostgreSQL {connection.PostgreSqlVersion}; version 13 or newer is needed.");
        if (await ScalarAsync("SHOW server_encoding", cancellationToken) is not "UTF8")
            throw new UnusableDatabaseException(
                $"{database} is not in the encoding UTF8. Create it with ENCODING 'UTF8' TEMPLATE template0.");
    }

    async Task CreateRolesAsync(CancellationToken cancellationToken)
    {
        foreach (var role in PostgresRole.All)
        {
            var isMember = await ScalarAsync(
                $"SELECT pg_has_role(rolname, 'MEMBER')::text FROM pg_roles WHERE rolname = '{role.Name}'", cancellationToken);
            if (isMember is "true")
                continue;
            try
            {
                if (isMember is null)
                    await ShareAsync($"CREATE ROLE {role.Name} NOLOGIN", cancellationToken);
                await ShareAsync($"GRANT {role.Name} TO CURRENT_USER", cancellationToken);
                if (role == PostgresRole.Public)
                    await ShareAsync(PostgresGrants.ConfigurePublicRole, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                var login = await ScalarAsync("SELECT current_user::text", cancellationToken);
                throw new UnusableDatabaseException(
                    $"This login may not create roles. Let an administrator of the server run, then try again: "
                    + string.Join(' ', PostgresRole.All.Select(missing => PostgresGrants.CreateRole(missing.Name, login!))));
            }
        }
    }

    /// <summary>
    /// Changes what belongs to the whole server, where the migration of another database may do the same at the same time. Whoever comes
    /// second finds a role that is there, or is told that the row has been changed, and then tries once more.
    /// </summary>
    async Task ShareAsync(string sql, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ExecuteAsync(sql, cancellationToken);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateObject)
            {
                return;
            }
            // "Tuple concurrently updated" has no code of its own.
            catch (PostgresException exception) when (
                attempt < Attempts && exception.SqlState is (PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.InternalError))
            {
            }
        }
    }

    async Task CreateSchemasAsync(CancellationToken cancellationToken)
    {
        if (await PostgresInspection.HasMigrationsAsync(connection, cancellationToken))
            return;
        await RefuseForeignAsync(cancellationToken);
        await ExecuteAsync(
            """
            CREATE SCHEMA vault;
            CREATE SCHEMA commons;
            CREATE TABLE commons.migration (
                version integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            """,
            cancellationToken);
    }

    async Task<string?> ScalarAsync(string sql, CancellationToken cancellationToken) =>
        Convert.ToString(
            await PostgresInspection.ScalarAsync(connection, sql, cancellationToken), CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? text
            : null;

    [SuppressMessage("Security", "CA2100", Justification = "Constants of this room.")]
    async Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(script, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
