using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Fills a PostgreSQL or TimescaleDB database with an archive, straight in SQL, and says how large it is.</summary>
sealed class PostgresArchive(NpgsqlConnection connection, ArchiveShape shape) : IAsyncDisposable
{
    /// <param name="connectionString">Somebody who may do everything in a database that has been prepared.</param>
    /// <param name="shape">What is filled in.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<PostgresArchive> OpenAsync(string connectionString, ArchiveShape shape, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(cancellationToken);
        var archive = new PostgresArchive(connection, shape);
        // TimescaleDB in WebAssembly has one session for all connections.
        await archive.ExecuteAsync("RESET ROLE; RESET ALL; DEALLOCATE ALL", cancellationToken);
        return archive;
    }

    /// <summary>Hour by hour, as a node writes: the rows of one area lie as far apart as a node's.</summary>
    /// <remarks>By statements of the server rather than COPY: they are as fast, and TimescaleDB in WebAssembly takes them as
    /// well.</remarks>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("TRUNCATE commons.estimate, commons.latest_estimate; SET synchronous_commit = off", cancellationToken);
        await AddMonthsAsync(cancellationToken);
        for (var day = 0; day < shape.Days; day++)
        {
            await ExecuteAsync(
                string.Create(CultureInfo.InvariantCulture, $"""
                    INSERT INTO commons.estimate ({ArchiveShape.Columns}) SELECT area, quantity, resolution, start, start + length, {ArchiveShape.Values}
                    FROM (
                        SELECT 0 AS resolution, start, 3600000 AS length FROM generate_series({Start(day)}, {Start(day + 1) - 1}, 3600000) AS start
                        UNION ALL SELECT 1, {Start(day)}, 86400000) AS step
                    CROSS JOIN unnest(ARRAY[{string.Join(',', shape.Areas.Select(area => $"'{area.QuadKey}'"))}]) AS area
                    CROSS JOIN unnest(ARRAY[{string.Join(',', ArchiveShape.Quantities.Select(quantity => quantity.Ordinal))}]::smallint[]) AS quantity
                    ORDER BY start + length, resolution, area, quantity
                    """),
                cancellationToken);
        }
        await ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO commons.latest_estimate (resolution, area, quantity, start, until, value, standard_error, lower, upper, status)
                SELECT resolution, area, quantity, start, until, value, standard_error, lower, upper, 0 FROM commons.estimate
                WHERE resolution = 0 AND start = {shape.End.AddHours(-1).ToUnixTimeMilliseconds()}
                """),
            cancellationToken);
        await ExecuteAsync("VACUUM ANALYZE commons.latest_estimate", cancellationToken);
        await ExecuteAsync("VACUUM ANALYZE commons.estimate", cancellationToken);
    }

    public async Task<bool> IsTimescaleAsync(CancellationToken cancellationToken) => await NumberAsync(
        "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = 'commons.estimate'::regclass AND relkind = 'r'", cancellationToken) > 0;

    /// <summary>Whether there is no estimate.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        await NumberAsync("SELECT count(*) FROM (SELECT FROM commons.estimate LIMIT 1) AS found", cancellationToken) == 0;

    /// <summary>Compresses every chunk, as TimescaleDB's policy does after two months.</summary>
    public Task CompressAsync(CancellationToken cancellationToken) => ExecuteAsync(
        "SELECT count(public.compress_chunk(chunk)) FROM public.show_chunks('commons.estimate') AS chunk", cancellationToken);

    /// <summary>Bytes of the estimates with their indexes.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken) => await NumberAsync(
        await IsTimescaleAsync(cancellationToken)
            ? "SELECT public.hypertable_size('commons.estimate')"
            : "SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree('commons.estimate')",
        cancellationToken);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    static long Start(int day) => ArchiveShape.Begin.AddDays(day).ToUnixTimeMilliseconds();

    async Task AddMonthsAsync(CancellationToken cancellationToken)
    {
        if (await IsTimescaleAsync(cancellationToken))
            return;
        await ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                SELECT vault.add_months('estimate', array_agg(month::date))
                FROM generate_series('{ArchiveShape.Begin:yyyy-MM-dd}'::date, '{shape.End:yyyy-MM-dd}'::date, interval '1 month') AS month
                """),
            cancellationToken);
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constants and names of areas.")]
    async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constants of this class.")]
    async Task<long> NumberAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
