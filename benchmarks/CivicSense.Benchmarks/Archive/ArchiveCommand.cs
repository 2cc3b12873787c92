using System.CommandLine;
using System.Globalization;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Archive;

/// <summary>
/// <c>archive</c>: how fast contributions are written, and how long the public queries take on archives of different lengths. See
/// docs/performance-storage.md.
/// </summary>
static class ArchiveCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var days = new Option<int[]>("--days")
        {
            Description = "Lengths of the archives, in days; 0 for none.", DefaultValueFactory = _ =>
                [30, 365], AllowMultipleArgumentsPerToken = true,
        };
        var areas = new Option<int>("--areas") { Description = "How many areas the archives cover.", DefaultValueFactory = _ => 500 };
        var devices = new Option<int>("--devices") { Description = "Devices that write contributions; 0 for none.",
            DefaultValueFactory = _ => 100_000 };
        var queries = new Option<int>("--queries") { Description = "How often each query is asked.", DefaultValueFactory = _ => 2_000 };
        var folder = new Option<string>("--folder") { Description = "Where to put the SQLite databases.", DefaultValueFactory = _ =>
            Path.GetTempPath() };
        var postgres = new Option<string?>("--postgres")
        {
            Description = "The connection string of an empty PostgreSQL database of its own; it is used instead of SQLite, "
                + "and left filled.",
        };
        var again = new Option<bool>("--again") { Description =
            "The PostgreSQL database has been filled before, with one archive of this length." };
        var keep = new Option<bool>("--keep")
        {
            Description = "Leave the SQLite archives in the folder, and ask those that an earlier run has left there.",
        };
        var command = new Command("archive", "Write contributions, fill archives of estimates, and ask them what visitors ask.")
        {
            days, areas, devices, queries, folder, postgres, again, keep,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            var count = result.GetValue(devices);
            var runs = result.GetRequiredValue(days).Where(length => length > 0)
                .Select(length => new ArchiveShape(length, result.GetValue(areas)));
            await (result.GetValue(postgres) is { } connectionString
                ? RunOnPostgresAsync(
                    connectionString, count, runs, !result.GetValue(again), result.GetValue(queries), output, cancellationToken)
                : RunOnSqliteAsync(
                    result.GetRequiredValue(folder), count, runs, result.GetValue(keep), result.GetValue(queries), output,
                    cancellationToken));
            return 0;
        });
        return command;
    }

    static async Task RunOnSqliteAsync(
        string folder, int devices, IEnumerable<ArchiveShape> shapes, bool keeps, int queries, TextWriter output,
        CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateDirectory(
            Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"civicsense-archive-{Environment.ProcessId}")));
        try
        {
            if (devices > 0)
            {
                var options = new SqliteOptions { Path = Path.Combine(temporary.FullName, "upserts.db") };
                await using var database = SqliteNodeDatabase.Open(options, TimeProvider.System, NullLogger.Instance);
                await new UpsertRun(database.Vault, devices, output).RunAsync(cancellationToken);
            }
            foreach (var shape in shapes)
            {
                var run = new ArchiveRun(shape, queries, output);
                var path = Path.Combine(keeps ? folder : temporary.FullName, shape.FileName);
                if (!File.Exists(path))
                {
                    var unfinished = Path.Combine(temporary.FullName, "unfinished.db");
                    await ArchiveRun.FillAsync(unfinished, shape);
                    File.Move(unfinished, path);
                }
                await run.AskSqliteAsync(path, cancellationToken);
                if (!keeps)
                    File.Delete(path);
            }
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    static async Task RunOnPostgresAsync(
        string connectionString, int devices, IEnumerable<ArchiveShape> shapes, bool fills, int queries, TextWriter output,
        CancellationToken cancellationToken)
    {
        if (devices > 0)
        {
            await PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, cancellationToken);
            await using var database = await PostgresNodeDatabase.OpenAsync(
                new PostgresOptions { ConnectionString = connectionString }, NullLogger.Instance, cancellationToken);
            await new UpsertRun(database.Vault, devices, output).RunAsync(cancellationToken);
        }
        foreach (var shape in shapes)
            await new ArchiveRun(shape, queries, output).RunOnPostgresAsync(connectionString, fills, cancellationToken);
    }
}
