using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>A few connections for concurrent readers. A reader waits when all are in use.</summary>
/// <remarks>
/// Reads run on the caller's thread: they are short, and SQLite has no other way. One that is not short ends when its caller gives up.
/// </remarks>
sealed class SessionPool(Func<SqliteSession> open, int size) : IAsyncDisposable
{
    readonly SemaphoreSlim free = new(size, size);
    readonly ConcurrentBag<SqliteSession> idle = [];
    bool disposed;

    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (!idle.TryTake(out var session))
            {
                session = open();
                session.HeedStop();
            }
            session.Stop = cancellationToken;
            try
            {
                var result = read(session);
                Return(session);
                return result;
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
            {
                Return(session);
                throw new OperationCanceledException(exception.Message, exception, cancellationToken);
            }
            catch (SqliteException)
            {
                // What is wrong with it may go away with it.
                session.Dispose();
                throw;
            }
            catch
            {
                Return(session);
                throw;
            }
        }
        finally
        {
            free.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        for (var i = 0; i < size; i++)
            await free.WaitAsync();
        foreach (var session in idle)
            session.Dispose();
        // Readers that were waiting find the pool disposed.
        free.Release(size);
    }

    void Return(SqliteSession session)
    {
        session.Stop = default;
        session.ResetStatements();
        idle.Add(session);
    }
}
