using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>What is logged of a PostgreSQL database, 6100 to 6199: its state, never what is in it.</summary>
static partial class LogMessages
{
    [LoggerMessage(6101, LogLevel.Information, "Opened the PostgreSQL database {Database}, schema version {Version}, {Layout}.")]
    public static partial void Opened(ILogger logger, string database, int version, string layout);

    [LoggerMessage(6102, LogLevel.Information, "Applied step {Version} ({Name}) to the database.")]
    public static partial void StepApplied(ILogger logger, int version, string name);

    [LoggerMessage(
        6103, LogLevel.Information,
        "The extension timescaledb is not installed in this database: the tables are partitioned by month, without compression.")]
    public static partial void NoExtension(ILogger logger);

    [LoggerMessage(
        6104, LogLevel.Information,
        "This timescaledb is the Apache build: hypertables without compression, retention policies and continuous aggregates.")]
    public static partial void ApacheBuild(ILogger logger);

    [LoggerMessage(
        6105, LogLevel.Warning,
        "The public side uses a login that may also read the vault. Give it one of its own (docs/postgresql.md, "
            + "\"A login for the public side\").")]
    public static partial void PublicLoginIsPrivileged(ILogger logger);
}
