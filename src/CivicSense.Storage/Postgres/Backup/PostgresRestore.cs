using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CivicSense.Commons;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Puts one archive in the place of what a database holds of a node.</summary>
/// <remarks>
/// What is there is set aside under other names until the archive is in place and its ledger has been checked; then it is dropped. Where
/// that was cut off, the next try begins with putting it back.
/// </remarks>
sealed class PostgresRestore(
    NpgsqlConnection connection, string database, NpgsqlConnectionStringBuilder settings, PostgresArchive archive, ILogger logger)
{
    const string SetAside = """
        ALTER SCHEMA vault RENAME TO vault_before_restore;
        ALTER SCHEMA commons RENAME TO commons_before_restore
        """;

    const string DropNew = "DROP SCHEMA IF EXISTS vault, commons CASCADE";

    // Dropped with their schema, hypertables would leave their compressed chunks behind, and no other copy could be restored.
    const string DropHypertables = """
        DO $$
        DECLARE
            hypertable text;
        BEGIN
            FOR hypertable IN SELECT pg_catalog.format('%I.%I', hypertable_schema, hypertable_name) FROM timescaledb_information.hypertables
                WHERE hypertable_schema IN ('vault', 'commons')
            LOOP
                EXECUTE pg_catalog.format('DROP TABLE %s CASCADE', hypertable);
            END LOOP;
        END $$
        """;

    const string PutBack = """
        ALTER SCHEMA vault_before_restore RENAME TO vault;
        ALTER SCHEMA commons_before_restore RENAME TO commons
        """;

    const string DropOld = "DROP SCHEMA IF EXISTS vault_before_restore, commons_before_restore CASCADE";

    readonly PostgresMigrator migrator = new(connection, database, PostgresSchema.Steps, logger);

    /// <summary>Does it.</summary>
    /// <param name="replaces">Whether what is there may be thrown away.</param>
    /// <param name="cancellationToken">What was there is put back.</param>
    public async Task<LedgerVerdict> RunAsync(bool replaces, CancellationToken cancellationToken)
    {
        await RequireAloneAsync(cancellationToken);
        await migrator.PrepareAsync(cancellationToken);
        if (!await IsYesAsync("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')", cancellationToken))
            throw new UnusableDatabaseException(
                $"This login may not make schemas in {database}. Give the one that owns it with --connection.");
        await ResumeAsync(replaces, cancellationToken);
        var isReplaced = await RequirePlaceAsync(replaces, cancellationToken);
        return archive.IsTimescale
            ? await RestoreWholeAsync(cancellationToken)
            : await RestoreSchemasAsync(isReplaced, cancellationToken);
    }

    /// <summary>Nobody else is connected, and none migrates or restores until this connection ends.</summary>
    async Task RequireAloneAsync(CancellationToken cancellationToken)
    {
        if (!await IsYesAsync("SELECT pg_catalog.pg_try_advisory_lock(1131832147, 2)", cancellationToken))
            throw new UnusableDatabaseException($"Somebody else is migrating or restoring {database}.");
        // The server's own workers have no user. Those of the extension have one, and who may not see their kind knows the scheduler by its
        // name.
        var others = Convert.ToInt64(
            await PostgresInspection.ScalarAsync(
                connection,
                """
                SELECT count(*) FROM pg_catalog.pg_stat_activity
                WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL
                AND coalesce(backend_type, 'client backend') IN ('client backend', 'walsender')
                AND coalesce(application_name, '') NOT LIKE 'TimescaleDB Background Worker%'
                """,
                cancellationToken),
            CultureInfo.InvariantCulture);
        if (others > 0)
        {
            throw new UnusableDatabaseException(string.Create(
                CultureInfo.InvariantCulture,
                $"{database} is in use: {others} other connection(s). Stop every process of the node, and whatever else is connected."));
        }
    }

    /// <summary>Settles what an earlier restoring has left that was cut off.</summary>
    async Task ResumeAsync(bool replaces, CancellationToken cancellationToken)
    {
        if (!await IsYesAsync("SELECT pg_catalog.to_regclass('commons_before_restore.migration') IS NOT NULL", cancellationToken))
            return;
        if (!await PostgresInspection.HasMigrationsAsync(connection, cancellationToken))
            await ExecuteAsync($"BEGIN; {DropNew}; {PutBack}; COMMIT", cancellationToken);
        else if (replaces)
            await ExecuteAsync(DropOld, cancellationToken);
    }

    /// <returns>Whether there is something to set aside.</returns>
    async Task<bool> RequirePlaceAsync(bool replaces, CancellationToken cancellationToken)
    {
        if (!await PostgresInspection.HasMigrationsAsync(connection, cancellationToken))
        {
            await migrator.RefuseForeignAsync(cancellationToken);
            return false;
        }
        if (archive.IsTimescale || await PostgresInspection.ReadLayoutAsync(connection, cancellationToken) != PostgresLayout.Partitions)
        {
            throw new UnusableDatabaseException(
                $"{database} holds data of a node, and with TimescaleDB a backup goes into an empty database only. "
                    + "Make a new one (docs/postgresql.md).");
        }
        if (!replaces)
            throw new UnusableDatabaseException(
                $"{database} holds data of a node already. Add --replace to throw it away, or choose another database.");
        if (!await PostgresInspection.OwnsVaultAsync(connection, cancellationToken))
            throw new UnusableDatabaseException($"This login does not own {database}. Give the one that does with --connection.");
        return true;
    }

    async Task<LedgerVerdict> RestoreSchemasAsync(bool isReplaced, CancellationToken cancellationToken)
    {
        // Archives hold what is in the schemas; those are made here, also for one that somebody has made by hand of the whole database.
        await ExecuteAsync($"BEGIN; {(isReplaced ? SetAside : "")}; CREATE SCHEMA vault; CREATE SCHEMA commons; COMMIT", cancellationToken);
        var isWhole = false;
        try
        {
            await archive.RestoreAsync(settings, cancellationToken);
            var verdict = await FinishAsync(cancellationToken);
            isWhole = verdict.Problems.Count == 0;
            return verdict;
        }
        finally
        {
            await ExecuteAsync(isWhole ? DropOld : $"BEGIN; {DropNew}; {(isReplaced ? PutBack : "")}; COMMIT", CancellationToken.None);
        }
    }

    /// <summary>As TimescaleDB's manual has it ("Logical backup"): its workers and triggers stand still meanwhile.</summary>
    async Task<LedgerVerdict> RestoreWholeAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("CREATE EXTENSION IF NOT EXISTS timescaledb", cancellationToken);
        var home = await PostgresInspection.ScalarAsync(
            connection,
            "SELECT quote_ident(nspname) FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace WHERE "
                + "extname = 'timescaledb'",
            cancellationToken);
        var isWhole = false;
        try
        {
            await CopyWholeAsync(home, cancellationToken);
            var verdict = await FinishAsync(cancellationToken);
            isWhole = verdict.Problems.Count == 0;
            return verdict;
        }
        finally
        {
            // The database was empty before.
            if (!isWhole)
                await ExecuteAsync($"{DropHypertables}; {DropNew}", CancellationToken.None);
        }
    }

    async Task CopyWholeAsync(object? home, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"SELECT {home}.timescaledb_pre_restore()", cancellationToken);
        try
        {
            await archive.RestoreAsync(settings, cancellationToken);
        }
        finally
        {
            await ExecuteAsync($"SELECT {home}.timescaledb_post_restore()", CancellationToken.None);
        }
    }

    /// <summary>Brings it to this program's schema, grants the roles what they need, and checks the ledger.</summary>
    async Task<LedgerVerdict> FinishAsync(CancellationToken cancellationToken)
    {
        await migrator.MigrateAsync(cancellationToken);
        var commons = await PostgresNodeDatabase.OpenCommonsReadOnlyAsync(settings.ConnectionString, cancellationToken);
        await using (commons as IAsyncDisposable)
            return await new LedgerVerifier(commons).VerifyAsync(cancellationToken);
    }

    async Task<bool> IsYesAsync(string question, CancellationToken cancellationToken) =>
        await PostgresInspection.ScalarAsync(connection, question, cancellationToken) is true;

    [SuppressMessage("Security", "CA2100", Justification = "Constants, and a name that the server has quoted.")]
    async Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(script, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
