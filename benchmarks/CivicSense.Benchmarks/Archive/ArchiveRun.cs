using System.Globalization;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Fills an archive and measures what visitors ask of it.</summary>
sealed class ArchiveRun(ArchiveShape shape, int queries, TextWriter output)
{
    readonly ArchiveQueries asked = new(shape, queries, output);
    readonly long began = TimeProvider.System.GetTimestamp();

    public static async Task FillAsync(string path, ArchiveShape shape)
    {
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance).DisposeAsync();
        SqliteArchive.Fill(path, shape);
    }

    public async Task AskSqliteAsync(string path, CancellationToken cancellationToken)
    {
        await DescribeAsync("SQLite", new FileInfo(path).Length);
        // Beside a node, so that every answer comes from the file.
        await using var database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = path, RunsNode = false }, TimeProvider.System, NullLogger.Instance);
        await asked.AskAllAsync(database.Commons, cancellationToken);
        await using var node = SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance);
        await asked.AskLatestAsync("latest of all areas, in the node", node.Commons, cancellationToken);
    }

    public async Task RunOnPostgresAsync(string connectionString, bool fills, CancellationToken cancellationToken)
    {
        await PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, cancellationToken);
        await using (var archive = await PostgresArchive.OpenAsync(connectionString, shape, cancellationToken))
        {
            if (fills)
                await archive.FillAsync(cancellationToken);
            await DescribeAsync("PostgreSQL", await archive.SizeAsync(cancellationToken));
        }
        await AskPostgresAsync(connectionString, cancellationToken);
        await using (var archive = await PostgresArchive.OpenAsync(connectionString, shape, cancellationToken))
        {
            if (!await archive.IsTimescaleAsync(cancellationToken))
                return;
            await archive.CompressAsync(cancellationToken);
            await DescribeAsync("TimescaleDB, compressed", await archive.SizeAsync(cancellationToken));
        }
        await AskPostgresAsync(connectionString, cancellationToken);
    }

    async Task AskPostgresAsync(string connectionString, CancellationToken cancellationToken)
    {
        var commons = await PostgresNodeDatabase.OpenCommonsReadOnlyAsync(connectionString, cancellationToken);
        await using var _ = (IAsyncDisposable)commons;
        await asked.AskAllAsync(commons, cancellationToken);
    }

    Task DescribeAsync(string what, long bytes) => output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}, archive of {shape.Days:N0} days, {shape.AreaCount} areas: {shape.Rows:N0} estimates, {bytes / 1e6:N0} MB, "
        + $"{bytes / (double)shape.Rows:N1} bytes a row, after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} s"));
}
