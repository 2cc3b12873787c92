using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>What this room logs: the state of the file, never what is in it.</summary>
static partial class StorageLog
{
    [LoggerMessage(6001, LogLevel.Information, "Opened the database {Path}, schema version {Version}.")]
    public static partial void Opened(ILogger logger, string path, int version);

    [LoggerMessage(6002, LogLevel.Information, "Upgraded the database from schema version {From} to {To}.")]
    public static partial void Migrated(ILogger logger, int from, int to);

    [LoggerMessage(6003, LogLevel.Warning, "Closing the database connection after SQLite error {Code}; the next write opens it again.")]
    public static partial void ConnectionGivenUp(ILogger logger, int code);

    [LoggerMessage(6004, LogLevel.Debug,
        "The write-ahead log could not be emptied yet (SQLite result {Code}); the next write tries again.")]
    public static partial void LogNotEmptied(ILogger logger, int code);
}
