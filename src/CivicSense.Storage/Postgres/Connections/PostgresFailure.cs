using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Says in the words of the rooms what PostgreSQL could not do.</summary>
/// <remarks>
/// What the server said is left out on purpose, and its exception is not passed on: a server may be set to quote rows and parameters.
/// </remarks>
static class PostgresFailure
{
    /// <summary>The code with which <c>vault.begin_commit</c> refuses.</summary>
    public const string WindowReleased = "CV001";

    /// <summary>The code with which it refuses a process whose name another one has taken.</summary>
    public const string IngestReplaced = "CV002";

    /// <summary>A broken constraint is a mistake of the caller; everything else is the state of the server and may pass.</summary>
    public static Exception Translate(Exception exception) => exception switch
    {
        PostgresException { SqlState: WindowReleased, Hint: { } hour } =>
            new WindowReleasedException(new HourWindow(long.Parse(hour, CultureInfo.InvariantCulture))),
        PostgresException { SqlState: IngestReplaced } => new IngestReplacedException(),
        PostgresException { SqlState: ['2', '2' or '3', ..] } refused =>
            new InvalidOperationException(
                $"The database refuses this change: a key is taken or a value is not allowed (SQLSTATE {refused.SqlState})."),
        PostgresException server => new VaultUnavailableException(Describe(server.SqlState), null),
        _ => new VaultUnavailableException(
            "The database server cannot be reached, or the connection was cut. Check that it runs; the node tries again by itself.",
            exception),
    };

    /// <summary>Whether an exception comes from the server or from the way to it.</summary>
    public static bool IsOfDatabase(Exception exception) =>
        exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException;

    /// <summary>What a failure to connect or to look around means for the person who started the program.</summary>
    public static UnusableDatabaseException Explain(Exception exception, string database) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            new($"The PostgreSQL server of {database} does not accept this user name and password."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            new($"There is no database {database}. Create it, then run 'civicsense db migrate'."),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            new($"This login lacks a right in {database}. Run 'civicsense db migrate' with the login that owns the database, "
                + "and make this login a "
                + "member of the roles that it needs (docs/postgresql.md)."),
        PostgresException server => new($"{database} cannot be used: {Describe(server.SqlState)}"),
        _ => new($"The PostgreSQL server of {database} cannot be reached: {exception.Message}", exception),
    };

    static string Describe(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.DiskFull => "The disk of the database server is full. Free some space; the node then goes on by itself.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "The database is read-only. Is this a standby? Let the node connect to the primary, or make the database writable.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "The database server is shutting down or starting. The node tries again by itself.",
        PostgresErrorCodes.TooManyConnections =>
            "The database server has no connection left. Raise max_connections, or end other programs.",
        PostgresErrorCodes.InsufficientPrivilege =>
            "The database refuses this login a right. Run 'civicsense db migrate', and see docs/postgresql.md for the roles.",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction =>
            "The database lacks a table or function. Run 'civicsense db migrate'.",
        _ => $"The database could not be used (SQLSTATE {sqlState}).",
    };
}
