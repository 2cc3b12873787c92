using System.CommandLine;
using System.Globalization;
using CivicSense.Node.Doctor;
using CivicSense.Node.Settings;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense db</c>: prepares a PostgreSQL or TimescaleDB, and says what state it is in.</summary>
static class DbCommand
{
    public static Command Create() => new("db", "Prepare a PostgreSQL or TimescaleDB database.") { CreateMigrate(), CreateStatus() };

    static Command CreateMigrate()
    {
        var (config, connection) = Options();
        var command = new Command(
            "migrate", "Bring the database to this program's schema, and grant the roles what they need. Stop the node first.")
        {
            config, connection,
        };
        command.SetAction((result, cancellationToken) =>
            MigrateAsync(ConnectionOf(result, config, connection), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static Command CreateStatus()
    {
        var (config, connection) = Options();
        var command = new Command(
            "status", "Say what version the database has and how it is divided. Changes nothing.") { config, connection };
        command.SetAction((result, cancellationToken) =>
            ShowStatusAsync(ConnectionOf(result, config, connection), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static (Option<string> Config, Option<string?> Connection) Options() => (
        new("--config")
        {
            Description = "The node's configuration file, whose postgres.connection is used.", DefaultValueFactory = _ =>
                "civicsense.json", HelpName = "FILE",
        },
        new("--connection")
        {
            Description = "Another connection string: of the login that owns the database, where the node's own may less.",
            HelpName = "STRING",
        });

    static string ConnectionOf(ParseResult result, Option<string> config, Option<string?> connection) =>
        result.GetValue(connection)
        ?? ConnectionOf(SettingsFile.Read(result.GetRequiredValue(config)));

    static string ConnectionOf(NodeSettings settings)
    {
        if (settings.Postgres is null)
        {
            throw new UserErrorException(
                "This node keeps its data in a file, which prepares itself when the node starts. "
                + "'civicsense db' is for a configuration with a "
                + "postgres section (docs/postgresql.md).");
        }
        return settings.Postgres.Connection
            ?? throw new UserErrorException(
                "--connection: needed, because the configuration has no postgres.connection. Give the login that owns the database.");
    }

    static async Task<int> MigrateAsync(string connection, TextWriter output, CancellationToken cancellationToken)
    {
        var applied = await NodeStore.ExplainAsync(
            () => PostgresMigration.MigrateAsync(connection, NullLogger.Instance, cancellationToken));
        await output.WriteLineAsync(applied == 0
            ? "Nothing to do: the database has this program's schema."
            : string.Create(CultureInfo.InvariantCulture, $"Done: {applied} step(s) applied."));
        return 0;
    }

    static async Task<int> ShowStatusAsync(string connection, TextWriter output, CancellationToken cancellationToken)
    {
        var status = await NodeStore.ExplainAsync(() => PostgresMigration.ReadStatusAsync(connection, cancellationToken));
        var isPresent = status.Version == status.KnownVersion;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            Database   {status.Database}, PostgreSQL {status.Server}
            Schema     version {status.Version} of {status.KnownVersion}{(isPresent ? "" : ": run 'civicsense db migrate'")}
            Extension  {DescribeExtension(status)}
            """));
        foreach (var warning in status.Hazards.Concat(status.Leaks).Concat(status.Disclosures))
            await output.WriteLineAsync($"Warning    {warning}");
        if (status.FailedPolicies.Count > 0)
        {
            await output.WriteLineAsync(
                "Warning    TimescaleDB's scheduler failed to "
                    + $"run: {string.Join(", ", status.FailedPolicies)}. {DatabaseCheck.PolicyAdvice}");
        }
        return isPresent ? 0 : 2;
    }

    static string DescribeExtension(PostgresStatus status) => status switch
    {
        { Timescale: null } => "timescaledb is not installed: native partitions of one month, no compression",
        { HasNativePartitions: true, Version: > 0 } =>
            $"timescaledb {status.Timescale}, installed after the tables were made: native partitions of one month",
        { IsCommunityBuild: false } =>
            $"timescaledb {status.Timescale}, Apache build: hypertables, no compression, policies or continuous aggregates",
        _ => $"timescaledb {status.Timescale}: hypertables, compression, retention, continuous aggregates",
    };
}
