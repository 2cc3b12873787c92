using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense backup</c> and <c>civicsense restore</c>: copies of the database.</summary>
static class BackupCommand
{
    public static Command CreateBackup()
    {
        var (folder, connection) = (new DataOption(), ConnectionOption());
        var file = new Argument<string>("FILE") { Description = "The file to write; must not exist. It is as private as the database." };
        var command = new Command("backup", "Write a consistent copy of the database to a file. The node may be running.")
        {
            file, folder.Data, folder.Config, connection,
        };
        command.SetAction((result, cancellationToken) => BackUpAsync(
            Source.Of(result, folder, connection), result.GetRequiredValue(file), result.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    public static Command CreateRestore()
    {
        var (folder, connection) = (new DataOption(), ConnectionOption());
        var file = new Argument<string>("FILE") { Description = "A file that 'civicsense backup' has written. It stays as it is." };
        var replace = new Option<bool>("--replace") { Description = "Throw away the database that is there." };
        var command = new Command("restore", "Put a copy of the database back in its place. The node must not be running.")
        {
            file, replace, folder.Data, folder.Config, connection,
        };
        command.SetAction((result, cancellationToken) => RestoreAsync(
            Source.Of(result, folder, connection), result.GetRequiredValue(file), result.GetValue(replace),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    static Option<string?> ConnectionOption() => new("--connection")
    {
        Description = "The PostgreSQL, by a connection string of the login that owns the database, where the configuration's own may less.",
        HelpName = "STRING",
    };

    static async Task<int> BackUpAsync(Source source, string file, TextWriter output, CancellationToken cancellationToken)
    {
        await ExplainAsync(async () =>
        {
            if (source.Connection is { } connection)
                await PostgresBackup.WriteAsync(connection, file, cancellationToken);
            else
                SqliteBackup.Write(source.Folder.Database, file);
            return true;
        });
        await output.WriteLineAsync("""
            Written. It holds who is enrolled: keep it encrypted, keep few, and delete old ones.
            Do not put the fence file into the same backup (docs/backup.md).
            """);
        return 0;
    }

    static async Task<int> RestoreAsync(
        Source source, string file, bool replace, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var verdict = await ExplainAsync(async () => source.Connection is { } connection
            ? await PostgresBackup.RestoreAsync(file, connection, replace, NullLogger.Instance, cancellationToken)
            : await RestoreFileAsync(source.Folder, file, replace, cancellationToken));
        foreach (var problem in verdict?.Problems ?? [])
            await errors.WriteLineAsync($"civicsense: {problem}");
        if (verdict is { Problems.Count: > 0 })
        {
            await output.WriteLineAsync(source.Connection is null
                ? "Restored, but the ledger is NOT whole: the copy was made of a damaged database. Take another backup."
                : "Not restored: the ledger in the copy is NOT whole. What was there before is there again. Take another backup.");
            return 2;
        }
        if (verdict is not null)
            await output.WriteLineAsync(
                $"The ledger is whole: {verdict.Entries} entries, {verdict.Values} released values, head {verdict.Head}.");
        await output.WriteLineAsync($"""
            Restored. Leave the fence file as it is: it tells the node what has been published since the backup.
            If anything was, the node gives the present day up when it starts, because the same hours must not be
            released twice, and goes on with the next day. Readings since the backup are gone; sensors that were
            enrolled since must be enrolled again, and households that were deleted since must be deleted again.
            """);
        if (source.Connection is not null)
            await output.WriteLineAsync("Where several processes release, start the one first that released last (docs/backup.md).");
        return 0;
    }

    /// <returns>What checking the ledger has shown; null for a copy of an older version, which the node brings up to date when it
    /// starts.</returns>
    static async Task<LedgerVerdict?> RestoreFileAsync(DataFolder folder, string file, bool replace, CancellationToken cancellationToken)
    {
        if (folder.HasDatabase && !replace)
            throw new UserErrorException(
                $"There is a database in '{folder.Path}' already. Add --replace to throw it away, or choose another folder.");
        folder.Create();
        SqliteBackup.Restore(file, folder.Database);
        try
        {
            var commons = SqliteNodeDatabase.OpenCommonsReadOnly(folder.Database);
            await using (commons as IAsyncDisposable)
                return await new LedgerVerifier(commons).VerifyAsync(cancellationToken);
        }
        catch (UnusableDatabaseException)
        {
            return null;
        }
    }

    static async Task<T> ExplainAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await NodeStore.ExplainAsync(work);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    /// <summary>Which database is meant.</summary>
    /// <param name="Folder">The folder of one in a file.</param>
    /// <param name="Connection">The connection string of one in a PostgreSQL; null for a file.</param>
    sealed record Source(DataFolder Folder, string? Connection)
    {
        public static Source Of(ParseResult result, DataOption folder, Option<string?> connection)
        {
            if (result.GetValue(connection) is { } given)
                return new Source(new DataFolder(""), given);
            var store = folder.Of(result);
            if (store.Postgres is null)
                return new Source(store.Folder, null);
            return new Source(store.Folder, store.Postgres.Connection ?? throw new UserErrorException(
                "--connection: needed, because the configuration has no postgres.connection. Give the login that owns the database."));
        }
    }
}
