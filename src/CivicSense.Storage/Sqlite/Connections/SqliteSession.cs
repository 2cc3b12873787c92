using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>One open connection with its prepared statements. Not safe for concurrent use.</summary>
sealed class SqliteSession : IDisposable
{
    /// <summary>About a millisecond of SQLite's work.</summary>
    const int InstructionsBetweenLooks = 50_000;

    readonly SqliteConnection connection;
    readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);

    // The native side holds only a pointer to it.
    PublicAuthorizer? authorizer;

    public SqliteSession(SqliteConnection connection) => this.connection = connection;

    /// <summary>Ends the statement that is running, with <see cref="raw.SQLITE_INTERRUPT"/>; needs <see cref="HeedStop"/>.</summary>
    public CancellationToken Stop { get; set; }

    public sqlite3 Handle => connection.Handle ?? throw new ObjectDisposedException(nameof(SqliteSession));

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The statement with this text, prepared once and ready to be bound.</summary>
    /// <param name="sql">A constant: the session keeps every text it has seen.</param>
    public SqliteStatement Prepare(string sql)
    {
        if (statements.TryGetValue(sql, out var statement))
            statement.Reset();
        else
            statements.Add(sql, statement = new SqliteStatement(Handle, sql));
        return statement;
    }

    /// <summary>Executes any number of statements that are not worth keeping.</summary>
    public void Execute(string script)
    {
        var result = raw.sqlite3_exec(Handle, script);
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result & 0xff, Handle);
    }

    /// <summary>The first column of the first row, or null if there is none or it is NULL.</summary>
    public long? QueryNumber(string sql)
    {
        using var statement = new SqliteStatement(Handle, sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : null;
    }

    /// <summary>Lets statements look at <see cref="Stop"/> while they run, also where they find no row.</summary>
    public void HeedStop() => raw.sqlite3_progress_handler(
        Handle, InstructionsBetweenLooks, static session => ((SqliteSession)session).Stop.IsCancellationRequested ? 1 : 0, this);

    /// <summary>Lets everything but the public tables become unreadable through this connection, for good.</summary>
    public void Restrict()
    {
        authorizer = new PublicAuthorizer();
        authorizer.Attach(Handle);
    }

    /// <summary>Ends every read that was not read to its end, so that no snapshot is held.</summary>
    public void ResetStatements()
    {
        foreach (var statement in statements.Values)
            statement.Reset();
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Dispose();
        statements.Clear();
        connection.Dispose();
        GC.KeepAlive(authorizer);
    }
}
