using CivicSense.Vault;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>Says in the words of the rooms what SQLite could not do.</summary>
static class WriteFailure
{
    /// <summary>
    /// A broken constraint is a mistake of the caller; everything else is the state of the machine and may pass. SQLite's own messages name
    /// tables and columns, never values, so nothing about an owner gets out with them.
    /// </summary>
    public static Exception Translate(SqliteException exception)
    {
        if (exception.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
            return new InvalidOperationException($"The database refuses this change: {exception.Message}", exception);
        var message = exception.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "The disk that holds the database is full. Free some space; the node then goes on by itself.",
            raw.SQLITE_IOERR =>
                "The database file could not be read or written. Check the disk and its file system; the node tries again by itself.",
            raw.SQLITE_READONLY or raw.SQLITE_PERM =>
                "The database file has become read-only. Check its permissions and that its file system is still mounted writable.",
            raw.SQLITE_CANTOPEN => "The database file could not be opened. Check that it and its folder are still there and writable.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program has locked the database. Close it; the node then goes on by itself.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "The database is damaged. Stop the node and restore a backup (docs/storage.md).",
            _ => $"The database could not be written (SQLite error {exception.SqliteExtendedErrorCode}).",
        };
        return new VaultUnavailableException(message, exception);
    }
}
