using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CivicSense.Storage;

/// <summary>Makes a connection unable to see anything but the commons (DESIGN section 2, rule 3).</summary>
/// <remarks>
/// SQLite asks while it compiles a statement. Allowed is exactly this: SELECT, reading a column of a table of <see cref="Tables"/>, and the
/// functions of <see cref="Functions"/>. Everything else is denied by not being on a list: the vault, whatever a later version adds,
/// <c>sqlite_schema</c> and <c>sqlite_stat1</c> (which counts rows), virtual tables over raw pages, ATTACH, PRAGMA and every change.
/// </remarks>
sealed class PublicAuthorizer
{
    static readonly FrozenSet<string> Tables = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "plan", "measurement", "activity", "ledger", "estimate", "latest_estimate", "reference_value",
        "model_version", "superseded_estimate", "revision_history");

    static readonly FrozenSet<string> Functions = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "count", "min", "max");

    readonly strdelegate_authorizer callback = Authorize;

    public void Attach(sqlite3 database)
    {
        var result = raw.sqlite3_set_authorizer(database, callback, null);
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result & 0xff, database);
    }

    static int Authorize(object userData, int action, string? first, string? second, string? schema, string? origin)
    {
        var allowed = action switch
        {
            raw.SQLITE_SELECT => true,
            raw.SQLITE_READ => first is not null && Tables.Contains(first) && schema is null or "" or "main",
            raw.SQLITE_FUNCTION => second is not null && Functions.Contains(second),
            _ => false,
        };
        return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }
}
