using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>Writes consistent copies of a node's database, and puts one in its place.</summary>
/// <remarks>
/// A copy holds both sides, as private as the database itself, and none of what was deleted before. It is written anew, row by row, from
/// one snapshot (<c>VACUUM INTO</c>), so a damaged page does not get into it unnoticed.
/// </remarks>
public static class SqliteBackup
{
    /// <summary>Copies a database as it is at this moment. A node may be using it: nothing waits for the copy.</summary>
    /// <param name="database">The database.</param>
    /// <param name="backup">The file to write, readable by this account only. Must not exist. It is complete, or it is not there.</param>
    /// <exception cref="UnusableDatabaseException">The database cannot be read or the copy cannot be written; the message says
    /// why.</exception>
    /// <exception cref="DatabaseNewerException">A newer program wrote the database.</exception>
    public static void Write(string database, string backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        var target = Path.GetFullPath(backup);
        if (Path.Exists(target))
            throw new UnusableDatabaseException($"'{target}' is there already. Choose another name.");
        var source = new SqliteDatabaseFile(database);
        if (!File.Exists(source.Path))
            throw new UnusableDatabaseException($"There is no database '{source.Path}'. Check the path.");
        Copy(source, target, isChecked: false);
    }

    /// <summary>Puts a copy in the place of a database that no node is using. The fence is not touched: see docs/backup.md.</summary>
    /// <param name="backup">The copy; it stays as it is.</param>
    /// <param name="database">The database, which may be missing. What it holds is lost.</param>
    /// <exception cref="UnusableDatabaseException">
    /// A node is using the database, or the copy is damaged or no such database, or the place cannot be written. Nothing was changed.
    /// </exception>
    /// <exception cref="DatabaseNewerException">A newer program wrote the copy. Nothing was changed.</exception>
    public static void Restore(string backup, string database)
    {
        ArgumentNullException.ThrowIfNull(backup);
        var source = new SqliteDatabaseFile(backup);
        if (!File.Exists(source.Path))
            throw new UnusableDatabaseException($"There is no file '{source.Path}'. Check the path.");
        var place = new SqliteDatabaseFile(database);
        using var held = place.Lock();
        var arriving = place.Path + ".restoring";
        try
        {
            BackupFile.Discard(arriving);
            Copy(source, arriving, isChecked: true);
            // The log first: it belongs to the database that goes, and SQLite would apply it to the one that comes.
            File.Delete(place.Path + "-wal");
            File.Delete(place.Path + "-shm");
            File.Move(arriving, place.Path, overwrite: true);
            BackupFile.Flush(place.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableDatabaseException($"'{place.Path}' cannot be replaced: {exception.Message}", exception);
        }
        finally
        {
            BackupFile.Discard(arriving);
        }
    }

    static void Copy(SqliteDatabaseFile source, string target, bool isChecked)
    {
        var partial = target + ".partial";
        try
        {
            BackupFile.CreateEmpty(partial);
            using (var session = OpenSource(source))
            {
                if (isChecked)
                    Check(session, source.Path);
                session.Execute("PRAGMA query_only = OFF");
                session.Prepare("VACUUM INTO ?1").Bind(1, partial).Run();
            }
            BackupFile.Flush(partial);
            File.Move(partial, target);
            BackupFile.Flush(target);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_FULL)
        {
            throw new UnusableDatabaseException(
                $"The disk that holds '{partial}' is full. Free some space, or choose another place.", exception);
        }
        catch (SqliteException exception)
        {
            throw source.Explain(exception);
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

    static SqliteSession OpenSource(SqliteDatabaseFile source)
    {
        var session = Open();
        try
        {
            SqliteMigrator.RefuseNewer(session, source.Path);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }

        SqliteSession Open()
        {
            try
            {
                return source.OpenReader();
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_CANTOPEN && !File.Exists(source.Path + "-wal"))
            {
                // On a medium where SQLite cannot create the files that it keeps beside a database in use.
                return source.OpenReader(immutable: true);
            }
        }
    }

    static void Check(SqliteSession session, string path)
    {
        // An empty file is a database, too, but not one of ours.
        if (session.QueryNumber("PRAGMA application_id") != SqliteDatabaseFile.ApplicationId)
            throw new UnusableDatabaseException($"'{path}' is no database of a node.");
        var row = session.Prepare("PRAGMA integrity_check(1)");
        row.Step();
        var finding = row.Text(0);
        row.Reset();
        if (finding != "ok")
            throw new UnusableDatabaseException($"'{path}' is damaged. Take another backup.");
    }
}
