using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>Opens connections to one database file, and explains itself when that is impossible.</summary>
sealed class SqliteDatabaseFile
{
    /// <summary>"CvcS": marks the file as this program's (<c>PRAGMA application_id</c>).</summary>
    public const int ApplicationId = 0x43766353;

    static SqliteDatabaseFile() => Batteries_V2.Init();

    public SqliteDatabaseFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    public string Path { get; }

    /// <summary>Creates the file if it is missing, so that only the account that runs the node can read it.</summary>
    public void CreateIfMissing()
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (!Directory.Exists(folder))
            throw new UnusableDatabaseException(
                $"The folder '{folder}' for the database does not exist. Create it, or choose another path.");
        if (Directory.Exists(Path))
            throw new UnusableDatabaseException(
                $"'{Path}' is a folder. Give the path of the database file itself, such as '{Path}/node.db'.");
        if (File.Exists(Path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var created = new FileStream(Path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(exception);
        }
    }

    /// <summary>Keeps every other process away from the file for as long as the answer is open.</summary>
    /// <remarks>
    /// A file beside the database, because SQLite's own lock would also shut out the read-only tools. The lock is the kernel's (flock): it
    /// ends with the process, however that ends, and the file that stays behind says nothing.
    /// </remarks>
    public FileStream Lock()
    {
        var lockPath = Path + ".lock";
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(lockPath, options);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw NotWritable(exception);
        }
        catch (IOException exception) when (IsReadOnlyFileSystem(exception))
        {
            throw NotWritable(exception);
        }
        catch (IOException exception)
        {
            var holder = LockHolder.Find(lockPath) is { } process
                ? string.Create(CultureInfo.InvariantCulture, $"process {process} holds")
                : "it holds";
            throw new UnusableDatabaseException(
                $"Another process already uses the database '{Path}' ({holder} '{lockPath}'). Stop that process first, "
                + "or give this one a database "
                + "of its own. SQLite serves one node process.",
                exception);
        }
    }

    /// <summary>The connection that writes. There is one at a time.</summary>
    public SqliteSession OpenWriter() => Open(SqliteOpenMode.ReadWrite, session =>
    {
        // First of all, because the settings below change the file.
        CheckOwnership(session);
        SqliteMigrator.RefuseNewer(session, Path);
        if (raw.sqlite3_db_readonly(session.Handle, "main") != 0)
            throw NotWritable(null);
        // FULL: a commit survives power loss. temp_store: no private value may reach a temporary file. The cache holds the open windows of
        // 100,000 devices. The checkpoint threshold is in pages: a group commit touches thousands that the next one touches again, so
        // writing them back rarely is cheaper than often.
        session.Execute("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA foreign_keys = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = 16384;
            """);
    });

    /// <summary>A connection for reading the private side.</summary>
    /// <param name="immutable">The file lies on a medium where nothing can be written; SQLite then needs no files beside it.</param>
    public SqliteSession OpenReader(bool immutable = false) => Open(
        SqliteOpenMode.ReadOnly,
        session =>
        {
            session.Execute("PRAGMA temp_store = MEMORY; PRAGMA query_only = ON");
            CheckOwnership(session);
        },
        immutable);

    /// <summary>A connection for the public side: it cannot see the vault.</summary>
    /// <param name="immutable">See <see cref="OpenReader"/>.</param>
    public SqliteSession OpenPublicReader(bool immutable = false) => Open(
        SqliteOpenMode.ReadOnly,
        session =>
        {
            session.Execute("PRAGMA temp_store = MEMORY; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384");
            session.Restrict();
        },
        immutable);

    SqliteSession Open(SqliteOpenMode mode, Action<SqliteSession> prepare, bool immutable = false)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = immutable ? new Uri(Path).AbsoluteUri + "?immutable=1" : Path,
            Mode = mode,
            Pooling = false,
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            raw.sqlite3_extended_result_codes(connection.Handle, 1);
            raw.sqlite3_busy_timeout(connection.Handle, 5_000);
            var session = new SqliteSession(connection);
            prepare(session);
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What a failure to open means for the person who started the program.</summary>
    public UnusableDatabaseException Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new($"'{Path}' is not an SQLite database. Choose another path, or restore the file from a backup.", exception),
        raw.SQLITE_CORRUPT => new($"The database '{Path}' is damaged. Restore it from a backup (docs/storage.md).", exception),
        raw.SQLITE_FULL => new($"The disk that holds '{Path}' is full. Free some space and start again.", exception),
        raw.SQLITE_IOERR => new(
            $"The database '{Path}' cannot be read or written. Is its disk full? If there is room, check the disk and its file system "
            + FormattableString.Invariant($"(SQLite error {exception.SqliteExtendedErrorCode})."),
            exception),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => NotWritable(exception),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            new($"Another program has locked the database '{Path}'. Close it and start again.", exception),
        _ => new($"The database '{Path}' could not be opened: {exception.Message}", exception),
    };

    /// <summary>Refuses a file that belongs to another program.</summary>
    void CheckOwnership(SqliteSession session)
    {
        var application = session.QueryNumber("PRAGMA application_id");
        if (application != ApplicationId && (application != 0 || session.QueryNumber("SELECT count(*) FROM sqlite_schema") != 0))
            throw new UnusableDatabaseException($"'{Path}' is the database of another program. Choose another path.");
    }

    UnusableDatabaseException NotWritable(Exception? exception) => new(
        $"The database '{Path}' cannot be written. The account that runs the node must be able to write the file and its folder; "
        + "check their owner and permissions, and that the file system is not mounted read-only.",
        exception);

    // EROFS on Linux and macOS; .NET has no exception type of its own for it.
    static bool IsReadOnlyFileSystem(IOException exception) => !OperatingSystem.IsWindows() && exception.HResult == 30;
}
