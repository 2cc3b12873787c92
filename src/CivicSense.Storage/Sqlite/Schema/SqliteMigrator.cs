using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CivicSense.Storage;

/// <summary>Brings a database file forward to the present schema, one transaction per step. Never backward.</summary>
static class SqliteMigrator
{
    /// <summary>Applies the steps that the file has not had yet; <c>PRAGMA user_version</c> counts those it has.</summary>
    /// <exception cref="DatabaseNewerException">The file has had more steps than there are.</exception>
    public static void Migrate(SqliteSession session, string path, IReadOnlyList<string> steps, ILogger logger)
    {
        var found = Version(session);
        RefuseNewer(found, path, steps.Count);
        for (var version = found; version < steps.Count; version++)
        {
            session.Execute("BEGIN IMMEDIATE");
            try
            {
                session.Execute(steps[version]);
                session.Execute(string.Create(
                    CultureInfo.InvariantCulture,
                    $"PRAGMA application_id = {SqliteDatabaseFile.ApplicationId}; PRAGMA user_version = {version + 1}; COMMIT"));
            }
            catch
            {
                if (session.InTransaction)
                    session.Execute("ROLLBACK");
                throw;
            }
        }
        if (found != steps.Count && found > 0)
            StorageLog.Migrated(logger, found, steps.Count);
    }

    /// <summary>Refuses a file that this program cannot read without changing it.</summary>
    public static void RequirePresent(SqliteSession session, string path)
    {
        RefuseNewer(session, path);
        var found = Version(session);
        if (found < SqliteSchema.Steps.Count)
        {
            throw new UnusableDatabaseException(
                $"The database '{path}' has schema version {found}, and this program reads version {SqliteSchema.Steps.Count}. "
                + "Start the node once with this program: it upgrades the file.");
        }
    }

    /// <summary>Refuses a file that a newer program wrote.</summary>
    public static void RefuseNewer(SqliteSession session, string path) => RefuseNewer(Version(session), path, SqliteSchema.Steps.Count);

    static int Version(SqliteSession session) => (int)(session.QueryNumber("PRAGMA user_version") ?? 0);

    static void RefuseNewer(int found, string path, int supported)
    {
        if (found > supported)
            throw new DatabaseNewerException(path, found, supported);
    }
}
