using System.CommandLine;
using CivicSense.Node.Settings;
using CivicSense.Storage;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense backup</c> and <c>civicsense restore</c>: copies of the database.</summary>
static class BackupCommand
{
    public static Command CreateBackup()
    {
        var folder = new DataOption();
        var file = new Argument<string>("FILE") { Description = "The file to write; must not exist. It is as private as the database." };
        var command = new Command("backup", "Write a consistent copy of the database to a file. The node may be running.")
        {
            file, folder.Data, folder.Config,
        };
        command.SetAction(result => BackUp(FileOf(folder.Of(result)), result.GetRequiredValue(file), result.InvocationConfiguration.Output));
        return command;
    }

    public static Command CreateRestore()
    {
        var folder = new DataOption();
        var file = new Argument<string>("FILE") { Description = "A file that 'civicsense backup' has written. It stays as it is." };
        var replace = new Option<bool>("--replace") { Description = "Throw away the database that is there." };
        var command = new Command("restore", "Put a copy of the database back in its place. The node must not be running.")
        {
            file, replace, folder.Data, folder.Config,
        };
        command.SetAction(result => Restore(
            FileOf(folder.Of(result)), result.GetRequiredValue(file), result.GetValue(replace), result.InvocationConfiguration.Output));
        return command;
    }

    static DataFolder FileOf(NodeStore store) => store.Postgres is null
        ? store.Folder
        : throw new UserErrorException("This node keeps its data in PostgreSQL. Use pg_dump and pg_restore (docs/postgresql.md).");

    static int BackUp(DataFolder folder, string file, TextWriter output)
    {
        Explaining(() => SqliteBackup.Write(folder.Database, file));
        output.WriteLine("""
            Written. It holds who is enrolled: keep it encrypted, keep few, and delete old ones.
            Do not put the fence file into the same backup (docs/backup.md).
            """);
        return 0;
    }

    static int Restore(DataFolder folder, string file, bool replace, TextWriter output)
    {
        if (folder.HasDatabase && !replace)
            throw new UserErrorException($"There is a database in '{folder.Path}' already. Add --replace to throw it away, or choose another folder.");
        Explaining(() =>
        {
            Directory.CreateDirectory(folder.Path);
            SqliteBackup.Restore(file, folder.Database);
        });
        output.WriteLine("""
            Restored. Leave the fence file as it is: it tells the node what has been published since the backup.
            If anything was, the node gives the present day up when it starts, because the same hours must not be
            released twice, and goes on with the next day. Readings since the backup are gone; sensors that were
            enrolled since must be enrolled again, and households that were deleted since must be deleted again.
            """);
        return 0;
    }

    static void Explaining(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (
            exception is UnusableDatabaseException or DatabaseNewerException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
