using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>The one connection that writes, and the lock that lets one transaction at a time use it.</summary>
/// <remarks>
/// A connection after a failure is closed and opened again by the next transaction, unless SQLite says that the failure left it whole. So
/// a full or vanished disk needs no restart.
/// </remarks>
sealed class SqliteWriter : IAsyncDisposable
{
    readonly Func<SqliteSession> open;
    readonly ILogger logger;
    readonly SemaphoreSlim turn = new(1, 1);
    SqliteSession? session;
    bool truncationOwed = true;
    bool disposed;

    public SqliteWriter(SqliteSession session, Func<SqliteSession> open, ILogger logger)
    {
        this.session = session;
        this.open = open;
        this.logger = logger;
        ReleasedThrough = session.QueryNumber("SELECT released_through FROM vault_state") is { } index ? new HourWindow(index) : null;
    }

    /// <summary>The newest window that has been dealt with. To be read and set during one's turn only.</summary>
    public HourWindow? ReleasedThrough { get; set; }

    /// <summary>Runs a transaction on a thread of its own, because the commit waits for the disk.</summary>
    /// <exception cref="VaultUnavailableException">The disk or the file refuses; nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A constraint of the schema refuses; nothing was written.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Write(write), CancellationToken.None);
        }
        finally
        {
            EndTurn();
        }
    }

    T Write<T>(Func<SqliteSession, T> write)
    {
        try
        {
            var current = Begin();
            var result = write(current);
            Commit();
            return result;
        }
        catch (SqliteException exception)
        {
            Abandon(exception);
            throw WriteFailure.Translate(exception);
        }
        catch
        {
            Abandon(null);
            throw;
        }
    }

    /// <summary>Waits for the transaction before to end. Every turn taken must be ended.</summary>
    public async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await turn.WaitAsync(cancellationToken);
        if (!disposed)
            return;
        turn.Release();
        ObjectDisposedException.ThrowIf(true, this);
    }

    public void EndTurn() => turn.Release();

    /// <summary>Begins a transaction. Only during one's turn; ended by <see cref="Commit"/> or <see cref="Abandon"/>.</summary>
    public SqliteSession Begin()
    {
        session ??= Reopen();
        session.Prepare("BEGIN IMMEDIATE").Run();
        return session;
    }

    SqliteSession Reopen()
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (exception is UnusableDatabaseException or DatabaseNewerException)
        {
            throw new VaultUnavailableException(exception.Message, exception);
        }
    }

    public void Commit()
    {
        session!.Prepare("COMMIT").Run();
        if (truncationOwed)
            TruncateLog();
    }

    /// <summary>Undoes the transaction, and gives the connection up if <paramref name="failure"/> may have damaged it.</summary>
    public void Abandon(SqliteException? failure)
    {
        if (session is null)
            return;
        try
        {
            session.ResetStatements();
            if (session.InTransaction)
                session.Prepare("ROLLBACK").Run();
            if (failure is null || failure.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_FULL or raw.SQLITE_BUSY)
                return;
            StorageLog.ConnectionGivenUp(logger, failure.SqliteExtendedErrorCode);
        }
        catch (SqliteException exception)
        {
            StorageLog.ConnectionGivenUp(logger, exception.SqliteExtendedErrorCode);
        }
        session.Dispose();
        session = null;
    }

    /// <summary>
    /// Makes the next <see cref="Commit"/> also empty the write-ahead log, which still holds what was deleted from the tables.
    /// </summary>
    public void OweTruncation() => truncationOwed = true;

    /// <summary>Empties the write-ahead log during a turn of its own, and waits for those who stand in the way.</summary>
    public async ValueTask EmptyLogAsync()
    {
        await TakeTurnAsync(CancellationToken.None);
        try
        {
            if (session is not null)
                await Task.Run(() => TruncateLog(busyMilliseconds: 5_000));
        }
        finally
        {
            EndTurn();
        }
    }

    // A reader on an older snapshot stands in the way; then it stays owed, and the next commit tries again.
    void TruncateLog(int busyMilliseconds = 100)
    {
        raw.sqlite3_busy_timeout(session!.Handle, busyMilliseconds);
        var result = raw.sqlite3_wal_checkpoint_v2(session.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(session.Handle, 5_000);
        truncationOwed = result != raw.SQLITE_OK;
        if (truncationOwed)
            StorageLog.LogNotEmptied(logger, result);
    }

    /// <summary>Runs a change of settings during a turn of its own, outside any transaction.</summary>
    public async ValueTask ConfigureAsync(string pragma)
    {
        await TakeTurnAsync(CancellationToken.None);
        try
        {
            (session ??= open()).Execute(pragma);
        }
        finally
        {
            EndTurn();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        await turn.WaitAsync();
        disposed = true;
        session?.Dispose();
        session = null;
        turn.Release();
    }
}
