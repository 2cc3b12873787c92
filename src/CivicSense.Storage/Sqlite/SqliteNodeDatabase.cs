using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>The embedded database of one node: both sides in one SQLite file, used by one process.</summary>
/// <remarks>
/// Safe for concurrent use. One connection writes, one transaction at a time. The vault and the commons are read through connections of
/// their own, and those of the commons cannot see the vault whatever they are asked. After power loss everything that was committed is
/// there (write-ahead log with <c>synchronous=FULL</c>); what was deleted is overwritten (<c>secure_delete</c>).
/// </remarks>
public sealed class SqliteNodeDatabase : INodeDatabase
{
    readonly SqliteDatabaseFile file;
    readonly FileStream? processLock;
    readonly SqliteWriter writer;
    readonly SessionPool privateReaders;
    readonly SessionPool publicReaders;

    SqliteNodeDatabase(SqliteDatabaseFile file, FileStream? processLock, SqliteSession session, TimeProvider timeProvider, ILogger logger)
    {
        this.file = file;
        this.processLock = processLock;
        writer = new SqliteWriter(session, file.OpenWriter, logger);
        privateReaders = new SessionPool(() => file.OpenReader(), size: 2);
        publicReaders = new SessionPool(() => file.OpenPublicReader(), PublicReaders);
        Vault = new SqliteVault(writer, privateReaders);
        DeviceSessions = new SqliteDeviceSessionStore(writer, privateReaders);
        var ingest = new OnlyIngestProcess(timeProvider);
        (IngestRegistry, IngestRoster) = (ingest, ingest);
        var changes = new CommonsChanges();
        Releases = new SqliteReleaseStore(writer, changes);
        ReleaseLease = new SqliteReleaseLease(Releases);
        Estimates = new SqliteEstimateStore(writer, changes, timeProvider);
        References = new SqliteReferenceStore(writer, changes);
        ModelVersions = new SqliteModelVersionStore(writer, changes);
        // A command beside the node does not learn what the node writes.
        Commons = new SqliteCommons(publicReaders, timeProvider, processLock is null ? null : changes);
    }

    /// <summary>The private side.</summary>
    public IVault Vault { get; }

    /// <summary>Where sessions of devices are kept; on the private side.</summary>
    public IDeviceSessionStore DeviceSessions { get; }

    /// <summary>The lease, which is always ours.</summary>
    public IReleaseLease ReleaseLease { get; }

    /// <summary>Where this process says that it ingests: it is the only one.</summary>
    public IIngestRegistry IngestRegistry { get; }

    /// <summary>What it has said.</summary>
    public IIngestRoster IngestRoster { get; }

    /// <summary>The door between the sides.</summary>
    public IReleaseStore Releases { get; }

    /// <summary>Where estimates are written.</summary>
    public IEstimateStore Estimates { get; }

    /// <summary>Where the values of official stations are kept.</summary>
    public IReferenceStore References { get; }

    /// <summary>Keeps the versions of the model.</summary>
    public IModelVersionStore ModelVersions { get; }

    /// <summary>The public side, over connections that cannot read the vault.</summary>
    public ICommons Commons { get; }

    /// <summary>More than processors: a reader of what nobody has asked for waits for the disk.</summary>
    static int PublicReaders => Math.Clamp(2 * Environment.ProcessorCount, 4, 8);

    /// <summary>Opens the database, creating or upgrading the file.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="timeProvider">The machine's clock: what is published is dated with it.</param>
    /// <param name="logger">Receives the state of the file, never what is in it.</param>
    /// <exception cref="UnusableDatabaseException">
    /// The file cannot be used: its folder is missing, it cannot be written, it is damaged or no such database, or another process uses it.
    /// </exception>
    /// <exception cref="DatabaseNewerException">A newer program wrote the file.</exception>
    public static SqliteNodeDatabase Open(SqliteOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(logger);
        var database = new SqliteDatabaseFile(options.Path);
        database.CreateIfMissing();
        var heldLock = options.RunsNode ? database.Lock() : null;
        SqliteSession? session = null;
        try
        {
            session = database.OpenWriter();
            SqliteMigrator.Migrate(session, database.Path, SqliteSchema.Steps, logger);
            StorageLog.Opened(logger, database.Path, SqliteSchema.Steps.Count);
            return new SqliteNodeDatabase(database, heldLock, session, timeProvider, logger);
        }
        catch (Exception exception)
        {
            session?.Dispose();
            heldLock?.Dispose();
            if (exception is SqliteException sqlite)
                throw database.Explain(sqlite);
            throw;
        }
    }

    /// <summary>
    /// Opens only the public side of a database, for tools. A node may be using the database meanwhile. Dispose of the answer
    /// (<see cref="IAsyncDisposable"/>) to close it.
    /// </summary>
    /// <exception cref="UnusableDatabaseException">The database is missing, no such database, damaged, or of an older version.</exception>
    /// <exception cref="DatabaseNewerException">A newer program wrote the database.</exception>
    public static ICommons OpenCommonsReadOnly(string path)
    {
        var database = new SqliteDatabaseFile(path);
        if (!File.Exists(database.Path))
            throw new UnusableDatabaseException($"There is no database '{database.Path}'. Check the path.");
        try
        {
            return OpenCommons(database, immutable: false);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_CANTOPEN && !File.Exists(database.Path + "-wal"))
        {
            // A copy on a read-only medium: SQLite could not create the files that it keeps beside a database in use.
            return OpenCommons(database, immutable: true);
        }
        catch (SqliteException exception)
        {
            throw database.Explain(exception);
        }
    }

    static SqliteCommons OpenCommons(SqliteDatabaseFile database, bool immutable)
    {
        using (var session = database.OpenReader(immutable))
            SqliteMigrator.RequirePresent(session, database.Path);
        return new SqliteCommons(new SessionPool(() => database.OpenPublicReader(immutable), size: 1), TimeProvider.System);
    }

    /// <summary>Waits for the transaction at hand, closes the database and lets the next node in.</summary>
    public async ValueTask DisposeAsync()
    {
        // The writer last: SQLite empties and removes the write-ahead log when the last connection closes, if that one may write.
        await publicReaders.DisposeAsync();
        await privateReaders.DisposeAsync();
        await writer.DisposeAsync();
        if (processLock is not null)
            await processLock.DisposeAsync();
    }

    /// <summary>Test hook: the file may not grow beyond this many pages, as if the disk were full.</summary>
    internal ValueTask LimitPagesAsync(long pages) =>
        writer.ConfigureAsync(FormattableString.Invariant($"PRAGMA max_page_count = {pages}"));

    /// <summary>Test hook: statements on the connection that writes.</summary>
    internal ValueTask ExecuteAsync(string script) => writer.ConfigureAsync(script);

    /// <summary>Test hook: a connection as the public side has it.</summary>
    internal SqliteSession OpenPublicSession() => file.OpenPublicReader();

    /// <summary>Test hook: a connection that reads both sides.</summary>
    internal SqliteSession OpenPrivateSession() => file.OpenReader();
}
