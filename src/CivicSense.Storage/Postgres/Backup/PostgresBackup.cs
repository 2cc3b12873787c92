using CivicSense.Commons;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>
/// Writes consistent copies of a node's schemas on a PostgreSQL with <c>pg_dump</c>, and puts one back with <c>pg_restore</c>.
/// </summary>
/// <remarks>
/// A copy holds both sides, as private as the database itself. On TimescaleDB it is one of the whole database, because the extension keeps
/// the rows in schemas of its own. What the two programs say is not passed on: it may quote rows.
/// </remarks>
public static class PostgresBackup
{
    /// <summary>Somebody who locks a table for longer than this is told about.</summary>
    const string LongestWait = "60s";

    /// <summary>Copies a database as it is at this moment. Nodes may be using it: nothing waits for the copy.</summary>
    /// <param name="connectionString">The login must own the database.</param>
    /// <param name="backup">The file to write, readable by this account only. Must not exist. It is complete, or it is not there.</param>
    /// <param name="cancellationToken">Ends the copying; nothing is left behind.</param>
    /// <exception cref="UnusableDatabaseException">The database cannot be read or the copy cannot be written; the message says
    /// why.</exception>
    /// <exception cref="DatabaseNewerException">A newer program prepared the database.</exception>
    public static async Task WriteAsync(string connectionString, string backup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        var target = Path.GetFullPath(backup);
        if (Path.Exists(target))
            throw new UnusableDatabaseException($"'{target}' is there already. Choose another name.");
        var (server, isWhole) = await PostgresMigration.ConnectAsync(connectionString, InspectAsync, cancellationToken);
        var program = await PostgresProgram.FindAsync("pg_dump", server, PostgresProgram.Folders(), cancellationToken);
        string[] part = isWhole ? [] : ["--schema=vault", "--schema=commons"];
        var partial = target + ".partial";
        try
        {
            BackupFile.CreateEmpty(partial);
            var end = await program.RunAsync(
                PostgresPool.Parse(connectionString),
                ["--format=custom", "--no-password", $"--lock-wait-timeout={LongestWait}", .. part, $"--file={partial}"],
                cancellationToken);
            if (end.ExitCode != 0)
                throw end.Explain(program.Name, target);
            BackupFile.Flush(partial);
            File.Move(partial, target);
            BackupFile.Flush(target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableDatabaseException($"'{target}' cannot be written: {exception.Message}", exception);
        }
        finally
        {
            BackupFile.Discard(partial);
        }
    }

    /// <summary>Puts a copy in the place of a database that nobody is using. Fences are not touched: see docs/backup.md.</summary>
    /// <param name="backup">The copy; it stays as it is.</param>
    /// <param name="connectionString">The login must own the database.</param>
    /// <param name="replaces">Whether what the database holds of a node may be thrown away.</param>
    /// <param name="logger">Receives the steps that bring the copy to this program's schema.</param>
    /// <param name="cancellationToken">Ends the restoring; what was there is put back.</param>
    /// <returns>What checking the restored ledger has shown. Where that is a problem, what was there before has been put back.</returns>
    /// <exception cref="UnusableDatabaseException">
    /// Somebody is using the database, or holds data that may not be thrown away, or the copy is damaged or none of a node, or a program is
    /// missing. What was there is still there.
    /// </exception>
    /// <exception cref="DatabaseNewerException">A newer program wrote the copy. What was there is still there.</exception>
    public static async Task<LedgerVerdict> RestoreAsync(
        string backup, string connectionString, bool replaces, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(logger);
        var file = Path.GetFullPath(backup);
        var settings = PostgresPool.Parse(connectionString);
        return await PostgresMigration.ConnectAsync(
            connectionString,
            async (connection, database) =>
            {
                var program = await PostgresProgram.FindAsync(
                    "pg_restore", connection.PostgreSqlVersion.Major, PostgresProgram.Folders(), cancellationToken);
                var archive = await PostgresArchive.OpenAsync(file, program, cancellationToken);
                var restore = new PostgresRestore(connection, database, settings, archive, logger);
                return await restore.RunAsync(replaces, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>What is missing here for backup and restore of a server, in a sentence; null where nothing is.</summary>
    /// <param name="server">The major version of the server.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<string?> FindMissingAsync(int server, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var program in new[] { "pg_dump", "pg_restore" })
                await PostgresProgram.FindAsync(program, server, PostgresProgram.Folders(), cancellationToken);
            return null;
        }
        catch (UnusableDatabaseException exception)
        {
            return exception.Message;
        }
    }

    static async Task<(int Server, bool IsWhole)> InspectAsync(NpgsqlConnection connection, string database)
    {
        if (!await PostgresInspection.HasMigrationsAsync(connection, CancellationToken.None))
            throw new UnusableDatabaseException($"{database} holds no data of a node. Check the connection.");
        if (!await PostgresInspection.OwnsVaultAsync(connection, CancellationToken.None))
        {
            throw new UnusableDatabaseException(
                $"This login does not own {database}, and so may not read all of it. Give the one that does with --connection.");
        }
        await PostgresInspection.ReadVersionAsync(connection, database, PostgresSchema.Steps, CancellationToken.None);
        var layout = await PostgresInspection.ReadLayoutAsync(connection, CancellationToken.None);
        return (connection.PostgreSqlVersion.Major, layout != PostgresLayout.Partitions);
    }
}
