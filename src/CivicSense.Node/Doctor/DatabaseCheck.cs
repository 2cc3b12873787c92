using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Doctor;

/// <summary>A database that could be opened: its public side, and on a server what the process may do beside that.</summary>
sealed record OpenedDatabase(ICommons Commons, NodeParts? Parts) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (Parts is not null) await Parts.DisposeAsync();
        else if (Commons is IAsyncDisposable file) await file.DisposeAsync();
    }
}

/// <summary>Whether the database can be reached, has this program's schema, and gives each login what it needs and no more.</summary>
static class DatabaseCheck
{
    const string Subject = "database";

    /// <summary>Opens it; null where that is not possible, which is a finding.</summary>
    public static async Task<OpenedDatabase?> OpenAsync(NodeSettings settings, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            return settings.Postgres is null
                ? await OpenFileAsync(settings, findings, cancellationToken)
                : await OpenServerAsync(settings, settings.Postgres, findings, cancellationToken);
        }
        catch (Exception exception) when (exception is UserErrorException or UnusableDatabaseException or DatabaseNewerException)
        {
            findings.Add(Finding.Problem(Subject, exception.Message));
            return null;
        }
    }

    static async Task<OpenedDatabase?> OpenFileAsync(NodeSettings settings, List<Finding> findings, CancellationToken cancellationToken)
    {
        if (!settings.Folder.HasDatabase)
        {
            findings.Add(Finding.Ok(Subject, "not there yet; the first start makes it."));
            return null;
        }
        var commons = await new NodeStore(settings).OpenCommonsAsync(cancellationToken);
        findings.Add(Finding.Ok(Subject, $"'{settings.Folder.Database}' can be read and has this program's schema."));
        return new OpenedDatabase(commons, null);
    }

    static async Task<OpenedDatabase?> OpenServerAsync(
        NodeSettings settings, PostgresSettings postgres, List<Finding> findings, CancellationToken cancellationToken)
    {
        var connections = Connections(settings.Role, postgres).ToList();
        var first = await PostgresMigration.ReadStatusAsync(connections[0].Connection, cancellationToken);
        findings.Add(Finding.Ok(Subject, $"{first.Database} can be reached, PostgreSQL {first.Server}."));
        if (!DescribeSchema(first, findings))
            return null;
        findings.AddRange(first.Leaks.Count == 0
            ? [Finding.Ok("server log", "holds no parameters of statements.")]
            : first.Leaks.Select(leak => Finding.Warning("server log", leak)));
        findings.AddRange(first.Disclosures.Count == 0
            ? [Finding.Ok("catalogue", "tells nobody how many rows the private tables have.")]
            : first.Disclosures.Select(disclosure => Finding.Warning("catalogue", disclosure)));
        findings.AddRange(first.Hazards.Count == 0
            ? [Finding.Ok("durability", "commits survive a power loss, and no standby follows that could lack some.")]
            : first.Hazards.Select(hazard => Finding.Warning("durability", hazard)));
        if (settings.Role != NodeRole.OpenData)
            findings.Add(await DescribeBackupAsync(first.ServerMajor, cancellationToken));
        var parts = await new NodeStore(settings).OpenPartsAsync(settings.Role, NullLogger.Instance, cancellationToken);
        foreach (var (key, connection, roles) in connections)
            DescribeLogin(key, roles, await PostgresMigration.ReadStatusAsync(connection, cancellationToken), findings);
        return new OpenedDatabase(parts.Public.Commons, parts);
    }

    /// <summary>A backup may be made from any machine, so what is missing on this one is no problem of the node.</summary>
    static async Task<Finding> DescribeBackupAsync(int server, CancellationToken cancellationToken) =>
        await PostgresBackup.FindMissingAsync(server, cancellationToken) is { } missing
            ? Finding.Warning("backup", $"'civicsense backup' cannot be run on this machine. {missing}")
            : Finding.Ok("backup", "'civicsense backup' can be run on this machine, with the login that owns the database.");

    /// <summary>Which connection strings a process of this role uses, and for what.</summary>
    static IEnumerable<(string Key, string Connection, string Roles)> Connections(NodeRole role, PostgresSettings postgres)
    {
        var options = postgres.ToOptions(null);
        var used = new List<(string Connection, string Role)>();
        if (role.Ingests) used.Add((postgres.IngestConnection ?? options.ConnectionString, "takes readings"));
        if (role.Releases) used.Add((postgres.ReleaseConnection ?? options.ConnectionString, "releases"));
        // As the store falls back: a process of one role uses the login of that.
        var fallback = used is [var only] ? only.Connection : options.ConnectionString;
        used.Add((postgres.PublicConnection ?? fallback, "reads what is public"));
        return used.GroupBy(use => use.Connection, use => use.Role, StringComparer.Ordinal).Select(
            group => ($"login that {string.Join(" and ", group)}", group.Key, string.Join(", ", group)));
    }

    /// <summary>What to do where TimescaleDB's scheduler fails.</summary>
    public const string PolicyAdvice =
        "Nothing is lost, but the archive is not compressed meanwhile. Look into timescaledb_information.job_errors (docs/postgresql.md).";

    static bool DescribeSchema(PostgresStatus status, List<Finding> findings)
    {
        var isPresent = status.Version == status.KnownVersion;
        findings.Add(isPresent
            ? Finding.Ok("schema", string.Create(CultureInfo.InvariantCulture, $"version {status.Version}."))
            : Finding.Problem("schema", string.Create(
                CultureInfo.InvariantCulture,
                $"version {status.Version}, and this program needs {status.KnownVersion}. "
                + $"Run 'civicsense db migrate' with the login that owns the database.")));
        findings.Add(status switch
        {
            { Timescale: null } => Finding.Ok("timescaledb", "not installed: native partitions of one month, without compression."),
            { HasNativePartitions: true, Version: > 0 } => Finding.Warning(
                "timescaledb", $"{status.Timescale}, but the tables were made before it: native partitions. "
                    + "Nothing is missing but compression."),
            { FailedPolicies: { Count: > 0 } failed } => Finding.Warning(
                "timescaledb", $"{status.Timescale}, whose scheduler failed to run: {string.Join(", ", failed)}. {PolicyAdvice}"),
            { IsCommunityBuild: false } =>
                Finding.Ok("timescaledb", $"{status.Timescale}, Apache build: without compression and continuous aggregates."),
            _ => Finding.Ok("timescaledb", $"{status.Timescale}, with compression and continuous aggregates."),
        });
        return isPresent;
    }

    static void DescribeLogin(string key, string roles, PostgresStatus status, List<Finding> findings)
    {
        if (status.OwnsVault)
        {
            findings.Add(Finding.Warning(
                key, "owns the database, or is a superuser: it could change what has been released. "
                    + "Let the node use a login that is a member of the "
                + "roles only (docs/postgresql.md)."));
        }
        else if (status.MayReadVault && roles.EndsWith("public", StringComparison.Ordinal))
        {
            findings.Add(Finding.Warning(
                key, "may also read the vault; the public side gives that up after connecting, and could take it back. "
                    + "Let postgres.publicConnection name a login "
                + "that is a member of civicsense_public only."));
        }
        else
        {
            findings.Add(Finding.Ok(
                key, status.MayReadVault ? "has the roles that it needs." : "can read what is public and nothing else."));
        }
    }
}
